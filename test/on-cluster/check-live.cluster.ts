import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ControlPlane, controlPlane } from "../cluster/control-plane.ts";
import { until } from "../cluster/readiness.ts";
import { cleanUpAfter } from "../support/cleanup.ts";
import { executable, repository } from "../support/executable.ts";
import { runSluice } from "../support/run.ts";

setDefaultTimeout(120_000);

const example = (name: string) => readFileSync(join(repository, "src/manifests/rules", name), "utf8");

let plane: ControlPlane;
beforeAll(async () => {
  executable();
  plane = await controlPlane();
  cleanUpAfter(() => plane.stop(), "run");
}, 600_000);

const check = async (args: string[], kubeconfig = plane.kubeconfig) => {
  const ended = await runSluice(["check", "-o", "json", ...args], { env: { KUBECONFIG: kubeconfig } });
  return { ...ended, report: JSON.parse(ended.stdout) };
};

/** Makes a namespace with these objects in it. */
async function namespace(name: string, ...manifests: string[]): Promise<void> {
  await plane.kubectl(["create", "namespace", name]);
  for (const text of manifests) await plane.kubectl(["apply", "-n", name, "-f", "-"], text);
}

const codesOf = ({ report }: { report: { findings: { code: string }[] } }) =>
  report.findings.map(({ code }) => code);

test("what stands in a namespace, with the defaults that the API server writes", async () => {
  await namespace("bad", example("recreate-behind-gate.bad.yaml"), example("ttl-on-awaited-job.bad.yaml"));
  const bad = await check(["-n", "bad"]);
  expect([bad.code, codesOf(bad)]).toEqual([1, ["SM001", "SM006", "SM009"]]);
  expect(bad.report.sources).toEqual(["namespace bad"]);
  const [first] = bad.report.findings;
  expect(first).toMatchObject({ file: "namespace bad", object: "deployment/messages", namespace: "bad" });
  expect(first.line).toBeUndefined();
  await namespace("good", example("gate-lacks-rights.good.yaml"), example("recreate-behind-gate.good.yaml"));
  const good = await check(["--live", "-n", "good"]);
  expect([good.code, codesOf(good), good.report.unchecked]).toEqual([0, [], []]);
  const none = await check(["-n", "goood"]);
  expect([none.code, none.report.code]).toEqual([2, "SL2076"]);
  // The context's own namespace is empty.
  expect((await check(["--live"])).report.workloads).toBe(0);
});

test("what a controller has made is left out, and Secrets are not asked for", async () => {
  const owner = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: "made",
      ownerReferences: [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: "a", uid: "1", controller: true }],
    },
    spec: { containers: [{ name: "a", image: "a:1", env: [{ name: "PGPASSWORD", value: "x" }] }] },
  };
  const own = { ...owner, metadata: { name: "own" } };
  const template = { metadata: { labels: { app: "old" } }, spec: owner.spec };
  const controller = {
    ...{ apiVersion: "v1", kind: "ReplicationController", metadata: { name: "old" } },
    spec: { replicas: 0, selector: { app: "old" }, template },
  };
  await namespace("pods", JSON.stringify(owner), JSON.stringify(own), JSON.stringify(controller));
  const { report } = await check(["-n", "pods"]);
  const objects = report.findings.map(({ object }: { object: string }) => object);
  expect(objects.sort()).toEqual(["pod/own", "replicationcontroller/old"]);
});

// No controller is here that would put the rules of `view` together; this is the role that they come from.
test("an account with the ClusterRole view: everything but the rights, and that is said", async () => {
  await namespace("viewed", example("ttl-on-awaited-job.bad.yaml"));
  const kubeconfig = plane.kubeconfigFor("viewer");
  const refused = await check(["-n", "viewed"], kubeconfig);
  expect([refused.code, refused.report.code]).toEqual([2, "SL2075"]);
  await plane.kubectl([
    "create",
    "rolebinding",
    "viewer",
    "--clusterrole=system:aggregate-to-view",
    "--user=viewer",
    "-n",
    "viewed",
  ]);
  // The API server hears of a binding by a watch of its own.
  const may = ["auth", "can-i", "list", "pods", "-n", "viewed", "--as=viewer"];
  await until("the viewer's rights", () => plane.kubectl(may));
  const viewed = await check(["-n", "viewed"], kubeconfig);
  expect([viewed.code, codesOf(viewed)]).toEqual([1, ["SM006"]]);
  expect(viewed.report.unchecked).toEqual([
    { code: "SM009", reason: "roles, rolebindings, clusterroles, clusterrolebindings may not be listed" },
  ]);
});

test("an API server that does not answer: exit 69", async () => {
  await plane.stopApiServer();
  const { code, report } = await check(["--live"]);
  expect([code, report.code]).toEqual([69, "SL2074"]);
  await plane.startApiServer();
});
