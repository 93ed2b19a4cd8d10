import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cluster, isOurs } from "../support.ts";
import { record, secondsOf } from "../test-app/figures.ts";
import { api, heldPod, type TestApp, testApp } from "../test-app/fixture.ts";
import { loadTestApp, repositoryOfApp } from "../test-app/images.ts";
import { blocksFor, copyOf, mustType } from "../test-app/readme.ts";

/** Without Helm, under load: kubectl, Kustomize, and `sluice inject` on manifests that know nothing of it (issue 6, proof 3). */
setDefaultTimeout(300_000);

const jobs = ({ at }: TestApp) => at.kubectl("get jobs --output=name");
const jobsOf = (release: string) =>
  ["contract", "migrate"].map((part) => `job.batch/test-app-${part}-${release}\n`).join("");

/** Who is there, and how often its specification was changed; what "configured" in kubectl's output does not tell. */
const specs = ({ at }: TestApp) =>
  at.kubectl(
    "get deployments,jobs,services,configmaps,serviceaccounts,poddisruptionbudgets,roles,rolebindings",
    '--output=jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.uid} {.metadata.generation}{"\\n"}{end}',
  );

/** v1, v1 again, and under load v2, as the README of an example says. */
async function follows(
  name: "kubectl" | "kustomize",
  v2: (blocks: readonly string[]) => string,
): Promise<{ app: TestApp; folder: string; blocks: readonly string[] }> {
  const app = await testApp();
  const { namespace } = app.at;
  const folder = copyOf(name, namespace);
  const blocks = blocksFor(name, namespace);
  const v1 = blocks[0] as string;
  await mustType(app, folder, v1);
  await app.rolledOut();
  await app.contracted();
  expect(await jobs(app)).toBe(jobsOf("v1"));

  const before = await specs(app);
  await mustType(app, folder, v1);
  expect(await specs(app)).toBe(before);

  const load = await app.startLoad();
  const { load: summary, result } = await load.during(async () => {
    let output = "";
    const seconds = await secondsOf(async () => {
      output = await mustType(app, folder, v2(blocks));
      await app.rolledOut();
    });
    await app.contracted();
    expect(output.match(/^.* pruned$/gm)).toEqual(
      expect.arrayContaining([
        "job.batch/test-app-migrate-v1 pruned",
        "job.batch/test-app-contract-v1 pruned",
      ]),
    );
    return seconds;
  });
  record(`${name}: to v2`, summary, result);
  expect(await jobs(app)).toBe(jobsOf("v2"));
  expect(await app.blog.versions()).toEqual(["20260101090000", "20260201090000"]);
  return { app, folder, blocks };
}

describe.skipIf(!isOurs)("manifests under load", () => {
  beforeAll(async () => loadTestApp(await cluster()), 180_000);

  test("kubectl: v1, v1 again and v2, as its README says", () => follows("kubectl", ([, next = ""]) => next));

  test("kustomize: v1, v1 again and v2, as its README says; the pipe that it has for kubectl makes the same", async () => {
    const { app, folder, blocks } = await follows("kustomize", ([first = ""]) =>
      first.replaceAll("overlays/v1", "overlays/v2"),
    );
    const before = await specs(app);
    await mustType(app, folder, "sed -i '/^transformers:/d' base/kustomization.yaml");
    await mustType(app, folder, blocks[1] ?? "");
    expect(await specs(app)).toBe(before);
  });

  test("inject: manifests that know nothing of Sluice; new pods wait for a Job that comes later", async () => {
    const app = await testApp();
    const { namespace } = app.at;
    // The application without Sluice, and a Job that migrates, from the base of the Kustomize example.
    const base = join(copyOf("kustomize", namespace), "base");
    expect(readFileSync(join(base, "api.yaml"), "utf8")).not.toContain("sluice");
    await mustType(
      app,
      base,
      `kubectl create configmap test-app -n ${namespace} --from-literal=LOG_LEVEL=info`,
    );
    const of = (release: string, file: string) =>
      `sed -E 's|(image: ${repositoryOfApp})$|\\1:${release}|; s|(test-app-migrate)$|\\1-${release}|' ${file}`;
    const image = (release: string) =>
      `--image ${repositoryOfApp}:${release} --command /usr/local/bin/sluice --arg=--dir=/migrations`;
    const deploy = (release: string) =>
      mustType(
        app,
        base,
        `kubectl apply -n ${namespace} -f account.yaml
         ${of(release, "api.yaml")} | sluice inject ${image(release)} | kubectl apply -n ${namespace} -f -`,
      );
    const migrate = (release: string) =>
      mustType(
        app,
        base,
        `${of(release, "migrate.yaml")} | sluice inject ${image(release)} | kubectl apply -n ${namespace} -f -`,
      );
    const rolledOut = () => app.at.kubectl(`rollout status deployment/${api} --timeout=170s`);

    await migrate("v1");
    await deploy("v1");
    await rolledOut();
    const load = await app.startLoad();
    const { load: summary, result } = await load.during(() =>
      secondsOf(async () => {
        await deploy("v2");
        const waiting = await heldPod(app);
        const revision = "--output=jsonpath={.metadata.annotations.deployment\\.kubernetes\\.io/revision}";
        expect(await app.at.kubectl(`get deployment ${api}`, revision)).toBe("2");
        const gate = await app.at.follow(waiting, "sluice-gate");
        await gate.waitForOutput(/waiting for schema: .*20260201090000/, 60_000);
        gate.kill();
        await migrate("v2");
        await rolledOut();
      }),
    );
    record("inject: to v2", summary, result);
    expect(await app.blog.versions()).toEqual(["20260101090000", "20260201090000"]);
    // The Job, which migrates, has no gate.
    const inits = await app.at.kubectl("get jobs --output=jsonpath={..initContainers[*].name}");
    expect(inits).toBe("");
  });
});
