import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { consumer, helm } from "../../charts/helm.ts";
import { type Block, blocksOf } from "../../support/blocks.ts";
import { executable, repository } from "../../support/executable.ts";
import { tempDir, writeFiles } from "../../support/temp.ts";
import { type Guide, guide } from "../guides/guide.ts";
import { broken, loadShopImage, registry } from "../guides/images.ts";
import { job, shell } from "../real-fixture.ts";
import { cluster, isOurs } from "../support.ts";

/** The pages of docs/guides as a reader types them: every `sh` block, in its order, on the real cluster. */
setDefaultTimeout(300_000);

const orders = "20260101000000";
const note = "20260201000000";
const shop = (release: string) => `${registry}/shop:${release}`;

interface Pod {
  metadata: { deletionTimestamp?: string };
  spec: { containers: { image: string }[] };
  status: { conditions?: { type: string; status: string }[] };
}

/** How many pods are ready that run an image, and are to stay. */
async function ready({ at }: Guide, image: string): Promise<number> {
  const text = await at.kubectl("get pods --selector=app.kubernetes.io/name=shop -o json");
  const { items } = JSON.parse(text) as { items: Pod[] };
  return items.filter(
    ({ metadata, spec, status }) =>
      metadata.deletionTimestamp === undefined &&
      spec.containers[0]?.image === image &&
      status.conditions?.some((one) => one.type === "Ready" && one.status === "True"),
  ).length;
}

/** For the pages that begin with a release that is there. */
async function install(page: Guide): Promise<void> {
  const { code, stderr } = await page.type("helm upgrade --install shop ./shop -n shop");
  expect([code, stderr]).toEqual([0, ""]);
  await page.rolledOut();
}

/** Restores a backup, which knows no migration, and types the page's lines for "once more": what was applied is applied again. */
async function migratesAgain(page: Guide, lines: Block | undefined): Promise<void> {
  const before = await page.applied();
  await page.restoreEmpty();
  await page.step(lines);
  await page.rolledOut();
  expect(await page.applied()).toEqual(before);
}

/** Deploys the broken release by the page's own lines, which must fail with the migration's error; old pods serve on. */
async function failsWith(page: Guide, lines: string, code: number): Promise<void> {
  page.checkOut(broken);
  const failed = await page.type(lines);
  expect([failed.code, failed.stdout + failed.stderr]).toEqual([
    code,
    expect.stringContaining('relation "nowhere" does not exist'),
  ]);
  expect(await ready(page, shop("1.4.3"))).toBe(2);
  expect(await page.applied()).not.toContain("20260301000000");
}

describe.skipIf(!isOurs)("a reader of the guide", () => {
  beforeAll(async () => loadShopImage(await cluster()), 180_000);

  test("job: install, once more, back; a new release; a broken one", async () => {
    const page = await guide("strategy-job");
    const [deploy, again, back] = page.steps;
    expect(await page.step(deploy)).toContain(`applied ${orders}`);
    expect(await page.rolledOut()).toBe(shop("1.4.2"));
    await page.step(again);
    await page.rolledOut();
    await page.step(back);
    await page.rolledOut();

    page.checkOut("1.4.3");
    expect(await page.step(deploy)).toContain(`applied ${note}`);
    expect(await page.rolledOut()).toBe(shop("1.4.3"));
    await failsWith(page, deploy?.text ?? "", 3);
  });

  test("hook: install, a new release, once more, a broken one; nothing is left", async () => {
    const page = await guide("strategy-hook");
    const [deploy, again, remove] = page.steps;
    for (const release of ["1.4.2", "1.4.3"]) {
      page.checkOut(release);
      await page.step(deploy);
      expect(await page.rolledOut()).toBe(shop(release));
    }
    await migratesAgain(page, again);
    await failsWith(page, deploy?.text ?? "", 1);
    await page.step(remove);
    const left = await page.at.kubectl(
      "get job,deployment,serviceaccount,secret,configmap --output=name --selector=app.kubernetes.io/instance=shop",
    );
    expect(left).toBe("");
  });

  test("init: install, a new release, once more, a broken one", async () => {
    const page = await guide("strategy-init");
    const [deploy, again] = page.steps;
    expect(await page.step(deploy)).toContain(`applied ${orders}`);
    page.checkOut("1.4.3");
    await page.step(deploy);
    expect(await page.applied()).toEqual([orders, note]);
    await migratesAgain(page, again);
    await failsWith(page, deploy?.text ?? "", 3);
  });

  test("pipeline: CI migrates, or applies the Job; a broken release by either", async () => {
    const page = await guide("strategy-pipeline");
    const [migrates, appliesJob, contract] = page.steps;
    await page.step(migrates);
    expect(await page.rolledOut()).toBe(shop("1.4.2"));
    page.checkOut("1.4.3");
    expect(await page.step(appliesJob)).toContain(`applied ${note}`);
    expect(await page.rolledOut()).toBe(shop("1.4.3"));
    await page.step(contract);
    await failsWith(page, migrates?.text ?? "", 3);
    await failsWith(page, appliesJob?.text ?? "", 3);
    expect(await page.rolledOut()).toBe(shop("1.4.3"));
  });

  test("startup: install, a new release, once more, a broken one", async () => {
    // Without a probe a pod would be ready while it migrates, and each try of the broken one would take an old pod away.
    const page = await guide("strategy-startup", {
      command: ["sh", "-c", "sluice migrate && exec busybox httpd -f -p 8080"],
      readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
    });
    const [deploy, again] = page.steps;
    await page.step(deploy);
    page.checkOut("1.4.3");
    await page.step(deploy);
    expect(await page.applied()).toEqual([orders, note]);
    expect(await page.rolledOut()).toBe(shop("1.4.3"));
    await migratesAgain(page, again);
    await failsWith(page, deploy?.text ?? "", 3);
  });

  test("choose: a maintenance window", async () => {
    const page = await guide("choose");
    await install(page);
    page.checkOut("1.4.3");
    await page.step(page.steps[0]);
    expect([await ready(page, shop("1.4.3")), await page.applied()]).toEqual([2, [orders, note]]);
  });

  test("check: a chart, Kustomize, files, a namespace; a finding; in a pipeline", async () => {
    const page = await guide("check");
    await install(page);
    const plain = join(repository, "examples", "kubectl");
    const names = readdirSync(plain).filter((name) => name.endsWith(".yaml"));
    for (const folder of ["k8s", "overlays/prod"])
      for (const name of names) cpSync(join(plain, name), join(page.cwd, folder, name));
    const rules = join(repository, "src", "manifests", "rules");
    writeFiles(page.cwd, {
      "overlays/prod/kustomization.yaml": `resources: [${names.join(", ")}]\n`,
      "old/messages.yaml": readFileSync(join(rules, "recreate-behind-gate.bad.yaml"), "utf8"),
      "values/prod.yaml": "replicas: 5\n",
    });
    const [everything = "", finding] = await Promise.all(page.steps.map((step) => page.step(step)));
    expect(everything.match(/ workloads, no findings/g)).toHaveLength(4);
    expect(everything).not.toMatch(/\b0 workloads/);
    expect(finding).toContain("1 finding");
  });

  test("gate: a Job with its identity", async () => {
    const page = await guide("gate");
    const labels = { "sluice.dev/release": "42" };
    const one = job("app-migrate", shell(page.at.it, "true")) as { metadata: object };
    await page.at.apply({ ...one, metadata: { ...one.metadata, labels } });
    expect(await page.step(page.steps[0])).toContain("open");
  });

  test("inject: what comes out is taken by the API server", async () => {
    const page = await guide("inject");
    for (const step of page.steps) await page.step(step);
    for (const file of ["deployment.yaml", "gated.yaml"]) {
      const { code, stderr } = await page.type(`kubectl apply -n shop --dry-run=server -f ${file}`);
      expect([file, code, stderr]).toEqual([file, 0, ""]);
    }
  });
});

test("the values that the guides show are the chart's", async () => {
  executable();
  const chart = consumer("shop");
  const pages = readdirSync(join(repository, "docs", "guides")).map((name) => `docs/guides/${name}`);
  const shown = pages.flatMap((page) =>
    blocksOf(page)
      .filter(({ language, text }) => language === "yaml" && /^global:/.test(text))
      .map(({ text }) => ({ page, text })),
  );
  expect(shown.length).toBeGreaterThan(5);
  for (const { page, text } of shown) {
    const values = join(tempDir(), "values.yaml");
    writeFiles(join(values, ".."), { "values.yaml": text });
    const { status, stderr } = await helm("helm4", ["template", "shop", chart, "--values", values]);
    expect([page, parse(text).global, status, stderr]).toEqual([page, expect.anything(), 0, ""]);
  }
});
