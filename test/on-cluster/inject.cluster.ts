import { beforeAll, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { type ControlPlane, controlPlane } from "../cluster/control-plane.ts";
import { sluice } from "../manifests/cli.ts";
import { cleanUpAfter } from "../support/cleanup.ts";
import { repository } from "../support/executable.ts";
import { runSluice } from "../support/run.ts";
import { tempDir } from "../support/temp.ts";
import { defineKind } from "./custom-kind.ts";

const golden = join(repository, "test/manifests/golden");
const outputs = readdirSync(golden).filter((name) => name.includes(".golden."));

/** Forms that Sluice reads and kubectl does not: a directive, which its reader takes for a document of its own. */
const notForKubectl = ["directive.golden.yaml"];

let plane: ControlPlane;

beforeAll(async () => {
  plane = await controlPlane();
  cleanUpAfter(() => plane.stop(), "run");
  await plane.kubectl(["create", "namespace", "shop"]);
  // Argo's, whose pod template is where that of a Deployment is.
  await defineKind(plane, { group: "argoproj.io", version: "v1alpha1", kind: "Rollout", plural: "rollouts" });
}, 600_000);

test("there are golden files", () => {
  expect(outputs.length).toBeGreaterThan(20);
});

test.each(outputs.filter((name) => !notForKubectl.includes(name)))(
  "the API server takes %s, and every object of it",
  async (name) => {
    const text = readFileSync(join(golden, name), "utf8");
    const created = await plane.kubectl(["create", "--dry-run=server", "--validate=strict", "-f", "-"], text);
    const input = readFileSync(join(golden, name.replace(".golden.", ".input.")), "utf8");
    const before = await plane.kubectl(["create", "--dry-run=server", "--validate=strict", "-f", "-"], input);
    expect(created.split("\n").sort().map(withoutSuffix)).toEqual(
      before.split("\n").sort().map(withoutSuffix),
    );
    expect(created).toContain("created (server dry run)");
  },
);

/** Names that the API server makes up differ. */
const withoutSuffix = (line: string): string => line.replace(/nested-\w+/, "nested-");

test("the gate fits the restricted Pod Security Standard, with files and token", async () => {
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  const metadata = { name: "restricted", labels };
  await plane.kubectl(
    ["create", "-f", "-"],
    JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata }),
  );
  const securityContext = {
    runAsNonRoot: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    seccompProfile: { type: "RuntimeDefault" },
  };
  const spec = { serviceAccountName: "default", containers: [{ name: "a", image: "a:1", securityContext }] };
  const pod = JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "a" }, spec });
  const file = join(tempDir({ "pod.json": pod }), "pod.json");
  const args = ["--job", "a", "--service-account-token", "--files-from", "configmap/files"];
  const { stdout } = await sluice("inject", file, ...args);
  const created = await plane.kubectl(["create", "-n", "restricted", "-f", "-"], stdout);
  expect(created).toBe("pod/a created\n");
});

test("read back from the API server it can be ejected, replaced, and applied again", async () => {
  const file = join(golden, "init-first.input.yaml");
  const args = ["--job", "app-migrate", "--service-account-token"];
  await plane.kubectl(["create", "-f", "-"], (await sluice("inject", file, ...args)).stdout);
  const read = () => plane.kubectl(["get", "deployment", "api", "-o", "yaml"]);
  const specOf = (text: string) => parseAllDocuments(text)[0]?.toJS().spec.template.spec;
  const live = await read();
  expect(specOf(live).initContainers.map((one: { name: string }) => one.name)).toEqual([
    "sluice-gate",
    "fetch-config",
    "render",
  ]);
  const again = await runSluice(["inject", ...args], { input: live });
  expect([again.code, again.stderr]).toEqual([0, "deployment/api: gate replaced\n"]);
  const ejected = await runSluice(["eject"], { input: live });
  expect([ejected.code, ejected.stderr]).toEqual([0, "deployment/api: gate removed\n"]);
  await plane.kubectl(["replace", "-f", "-"], ejected.stdout);
  const left = specOf(await read());
  expect(left.initContainers.map((one: { name: string }) => one.name)).toEqual(["fetch-config", "render"]);
  expect(left.volumes).toBeUndefined();
});
