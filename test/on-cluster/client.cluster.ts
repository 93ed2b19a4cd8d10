import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { KubernetesClient } from "../../src/kubernetes/client.ts";
import { connectKubernetes } from "../../src/kubernetes/connect.ts";
import type { Limits } from "../../src/kubernetes/http/transport.ts";
import { jobs, pods } from "../../src/kubernetes/resources.ts";
import type { Job } from "../../src/kubernetes/types.ts";
import { type ControlPlane, controlPlane } from "../cluster/control-plane.ts";
import { createAuthority, issue } from "../cluster/pki.ts";
import { type ApiProxy, startApiProxy } from "../support/api-proxy.ts";
import { cleanUpAfter } from "../support/cleanup.ts";
import { standstillSince } from "../support/standstill.ts";
import { tempDir } from "../support/temp.ts";
import { connectAs, follow, job } from "./client-fixture.ts";

let plane: ControlPlane;
let admin: KubernetesClient;
let token: string;

beforeAll(async () => {
  plane = await controlPlane();
  admin = await connectKubernetes({ env: {}, kubeconfig: plane.kubeconfig, warn: () => {} });
  await plane.kubectl(["create", "serviceaccount", "tester"]);
  const binding = ["create", "clusterrolebinding", "tester", "--clusterrole=cluster-admin"];
  await plane.kubectl([...binding, "--serviceaccount=default:tester"]);
  token = (await plane.kubectl(["create", "token", "tester"])).trim();
}, 600_000);

afterAll(async () => {
  admin?.close();
  await plane?.stop();
}, 60_000);

/** A client whose way to the API server can be broken. */
async function broken(limits: Partial<Limits> = {}): Promise<{ proxy: ApiProxy; client: KubernetesClient }> {
  const authority = createAuthority("proxy");
  const pair = issue(authority, { commonName: "proxy", names: ["127.0.0.1"] });
  const proxy = await startApiProxy({ target: plane.server, ...pair, targetCa: plane.ca });
  return { proxy, client: await connectAs(proxy.url, authority.cert, { token }, limits) };
}

const label = (name: string, state: string) => admin.patch(jobs, name, { metadata: { labels: { state } } });

describe("the client on a real API server", () => {
  test("create, get, list in pages, patch, apply, delete", async () => {
    const { client, proxy } = await broken();
    const created = await client.create(jobs, job("crud", { set: "crud" }));
    await client.create(jobs, job("crud-2", { set: "crud" }));
    await client.create(jobs, job("dry"), { dryRun: true });
    expect(await client.get(jobs, "dry")).toBeUndefined();
    expect((await client.get<Job>(jobs, "crud"))?.metadata.uid).toBe(created.metadata.uid ?? "");
    expect((await client.list(jobs, { labelSelector: "set=crud" })).items).toHaveLength(2);
    expect((await client.list(jobs, { name: "crud" })).items).toHaveLength(1);
    expect((await client.list(jobs, { name: "cru" })).items).toEqual([]);
    const applied = { metadata: { name: "crud", labels: { by: "apply" } } };
    const after = await client.apply(jobs, "crud", applied, { fieldManager: "test", force: true });
    expect((after as Job).metadata.labels?.["by"]).toBe("apply");
    const patched = await client.patch<Job>(jobs, "crud", [{ op: "remove", path: "/metadata/labels/by" }], {
      type: "json",
    });
    expect(patched.metadata.labels?.["by"]).toBeUndefined();
    await client.patch(jobs, "crud", { status: { active: 3 } }, { subresource: "status" });
    expect((await client.get<Job>(jobs, "crud"))?.status?.active).toBe(3);
    const refused = await client.delete(jobs, "crud", { uid: "another" }).catch((error) => error);
    expect(refused).toMatchObject({ name: "ApiError", status: 409 });
    expect(await client.delete(jobs, "crud", { uid: created.metadata.uid ?? "" })).toBe(true);
    expect(await client.delete(jobs, "crud")).toBe(false);
    expect(proxy.seen.length).toBeGreaterThan(10);
  });

  test("a log that there is not, and a namespace that there is not", async () => {
    const read = async () => {
      for await (const _ of admin.logs("none", { follow: true }, AbortSignal.timeout(30_000)));
    };
    expect(await read().catch((error) => error)).toMatchObject({ name: "ApiError", status: 404 });
    expect((await admin.list(pods, { namespace: "nowhere" })).items).toEqual([]);
  });

  test("a client certificate without rights is refused, and goes on when they are given", async () => {
    const kubeconfig = plane.kubeconfigFor("bob");
    const bob = await connectKubernetes({ env: {}, kubeconfig, warn: () => {} });
    cleanUpAfter(() => bob.close());
    await admin.create(jobs, job("rights", { state: "one" }));
    const { said, until } = follow(bob, "rights");
    await until(/^! jobs.batch "rights" is forbidden|^! jobs.batch is forbidden/);
    await plane.kubectl([
      "create",
      "role",
      "bob",
      "--verb=list,watch",
      "--resource=jobs.batch",
      "--resource-name=rights",
    ]);
    await plane.kubectl(["create", "rolebinding", "bob", "--role=bob", "--user=bob"]);
    await until("one");
    await label("rights", "two");
    await until("two");
    expect(said.filter((one) => one.startsWith("!"))).toHaveLength(1);
  });

  test("a token file that is rotated, and one that was late", async () => {
    const folder = tempDir({ token: "not-a-token" });
    const file = join(folder, "token");
    const client = await connectAs(plane.server, plane.ca, { tokenFile: file });
    expect(await client.list(jobs).catch((error) => error)).toMatchObject({ status: 401 });
    writeFileSync(file, token);
    expect((await client.list(jobs)).resourceVersion).not.toBe("");
  });

  test("a credential plugin, run again after a 401", async () => {
    const folder = tempDir({ plugin: "", runs: "" });
    const command = join(folder, "plugin");
    const answer = (value: string) =>
      JSON.stringify({
        apiVersion: "client.authentication.k8s.io/v1beta1",
        kind: "ExecCredential",
        status: { token: value },
      });
    const script = `#!/bin/sh
echo x >> ${folder}/runs
if [ "$(wc -l < ${folder}/runs)" -eq 1 ]; then echo '${answer("wrong")}'; else echo '${answer(token)}'; fi
`;
    writeFileSync(command, script);
    chmodSync(command, 0o755);
    const exec = { apiVersion: "client.authentication.k8s.io/v1beta1", command, interactiveMode: "Never" };
    const client = await connectAs(plane.server, plane.ca, { exec });
    await client.list(jobs);
    await client.list(jobs);
    expect(readFileSync(join(folder, "runs"), "utf8")).toBe("x\nx\n");
  });
});

describe("through a bad line", () => {
  test("in the good case: one list and one watch", async () => {
    const { client, proxy } = await broken();
    await admin.create(jobs, job("good", { state: "one" }));
    const { said, until } = follow(client, "good");
    await until("one");
    await label("good", "two");
    await until("two");
    expect(said).toEqual(["one", "two"]);
    expect(proxy.seen.map(({ watch }) => watch)).toEqual([false, true]);
  });

  test.each([
    ["cut in an event", { cutAfter: 40 }],
    ["ended in an event", { endAfter: 40 }],
    ["stalled in an event", { stallAfter: 40 }],
    ["answered 410", { answer: { status: 410 } }],
    ["answered 429", { answer: { status: 429, headers: { "retry-after": "1" } } }],
    ["answered 500", { answer: { status: 500 } }],
    [
      "answered 503 by a page",
      { answer: { status: 503, headers: { "content-type": "text/html" }, body: "<p>" } },
    ],
  ])(
    "watches that are %s, and then work",
    async (what, fault) => {
      const name = what.replace(/ /g, "-");
      const { client, proxy } = await broken({ idle: 1500 });
      await admin.create(jobs, job(name, { state: "one" }));
      let left = 3;
      proxy.fault(({ watch }) => (watch && left-- > 0 ? fault : undefined));
      const { said, until } = follow(client, name);
      await until("one");
      const states = ["two", "three", "four", "five"];
      for (const state of states) {
        await label(name, state);
        await until(state);
      }
      const order = said.filter((one) => !one.startsWith("!")).map((one) => ["one", ...states].indexOf(one));
      expect(order).toEqual(order.toSorted());
      expect(proxy.seen.filter(({ watch }) => watch).length).toBeGreaterThan(1);
      // Each fault costs a list and a watch, each second and a half of silence as much, and none of them spins.
      const silences = said.filter((one) => one.startsWith("! nothing came")).length;
      expect(proxy.seen.length).toBeLessThan(14 + 2 * silences);
    },
    60_000,
  );

  test("cut, refused, and back: 2 s later it knows", async () => {
    const { client, proxy } = await broken();
    await admin.create(jobs, job("refused", { state: "one" }));
    const { said, until } = follow(client, "refused");
    await until("one");
    await proxy.refuse();
    await until(/^! connection refused \(127\.0\.0\.1:\d+\)$/);
    await label("refused", "two");
    const back = performance.now();
    await proxy.accept();
    await until("two");
    expect(performance.now() - back).toBeLessThan(2000 + standstillSince(back));
    expect(said.filter((one) => !one.startsWith("!"))).toEqual(["one", "two"]);
  });

  test("a line that goes dead without a word is left after the idle limit", async () => {
    const { client, proxy } = await broken({ idle: 1500, answer: 1500 });
    await admin.create(jobs, job("dead", { state: "one" }));
    const { said, until } = follow(client, "dead");
    await until("one");
    await label("dead", "two");
    await until("two");
    proxy.stall();
    await label("dead", "three");
    proxy.unstall();
    await until("three");
    expect(said.at(-2)).toMatch(/^! (nothing came for|no answer within) 1.5 s \([\d.]+:\d+\)$/);
  });

  test("the API server is killed and comes back", async () => {
    await admin.create(jobs, job("killed", { state: "one" }));
    const { said, until } = follow(admin, "killed");
    await until("one");
    await plane.killApiServer();
    await until(/^! connection refused/);
    const from = said.length;
    await plane.startApiServer();
    await until("one", from);
    await label("killed", "two");
    await until("two");
  }, 120_000);
});

test("a version that etcd has forgotten: 410, and the list again", async () => {
  const own = await controlPlane({ watchCache: false });
  cleanUpAfter(() => own.stop());
  const client = await connectKubernetes({ env: {}, kubeconfig: own.kubeconfig, warn: () => {} });
  cleanUpAfter(() => client.close());
  const first = await client.create(jobs, job("old", { state: "one" }));
  for (const state of ["two", "three"]) await client.patch(jobs, "old", { metadata: { labels: { state } } });
  await own.compactEtcd();
  const read = async () => {
    for await (const _ of client.watch(
      jobs,
      {},
      first.metadata.resourceVersion ?? "",
      AbortSignal.timeout(30_000),
    ));
  };
  expect(await read().catch((error) => error)).toMatchObject({ name: "ApiError", status: 410 });
  const { resourceVersion } = first.metadata;
  let lists = 0;
  const old: KubernetesClient = {
    ...client,
    // The first list as it was before the compaction, as a gate knows it that was cut off meanwhile.
    list: async (resource, selection, signal) => {
      const now = await client.list<never>(resource, selection, signal);
      return lists++ === 0 ? { items: [first as never], resourceVersion: resourceVersion ?? "" } : now;
    },
  };
  const { said, until } = follow(old, "old");
  await until("three");
  expect(said.filter((one) => !/^! (nothing came|no answer|connection)/.test(one))).toEqual(["one", "three"]);
}, 120_000);
