import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { consumer, type HelmVersion, helm, helmVersions } from "../../charts/helm.ts";
import { type ControlPlane, controlPlane } from "../../cluster/control-plane.ts";
import { until } from "../../cluster/readiness.ts";

/**
 * Helm's own life of a release, on a real API server without controllers: nothing runs, and Jobs are ended by hand. That
 * is where "already exists" and "field is immutable" come from.
 */
let plane: ControlPlane;
const chart = consumer("shop");
beforeAll(async () => {
  plane = await controlPlane();
}, 600_000);
afterAll(() => plane?.stop(), 60_000);

let counter = 0;

/** A release in a namespace of its own. */
async function release(version: HelmVersion) {
  const namespace = `ns${counter++}`;
  await plane.kubectl(["create", "namespace", namespace]);
  const call = (args: readonly string[], sluice?: object) =>
    helm(version, [...args, "--namespace", namespace], {
      kubeconfig: plane.kubeconfig,
      ...(sluice && { values: { global: { sluice } } }),
    });
  const must = async (args: readonly string[], sluice?: object) => {
    const { status, stderr } = await call(args, sluice);
    expect([args.join(" "), status === 0 ? "" : stderr]).toEqual([args.join(" "), ""]);
  };
  const get = async (what: string, path: string) =>
    (await plane.kubectl(["get", what, `--namespace=${namespace}`, "-o", `jsonpath=${path}`])).trim();
  return {
    namespace,
    call,
    install: (sluice: object) => must(["install", "rel", chart], sluice),
    upgrade: (sluice: object) => must(["upgrade", "rel", chart], sluice),
    rollback: (revision: number) => must(["rollback", "rel", String(revision)]),
    uninstall: () => must(["uninstall", "rel"]),
    /** NAME=UID of all Jobs. */
    jobs: async () =>
      (await get("jobs", "{range .items[*]}{.metadata.name}={.metadata.uid} {end}"))
        .split(" ")
        .filter((text) => text),
    /** Resolves when there is a Job of that name and another UID than the one given. */
    appears: (name: string, before = "") =>
      until(`job/${name} that is not "${before}"`, async () => {
        const uid = await get(`job/${name}`, "{.metadata.uid}");
        return uid !== "" && uid !== before && uid;
      }),
    async complete(name: string) {
      const at = new Date(Date.now() - 1000).toISOString().replace(/\.\d+Z$/, "Z");
      const condition = (type: string) => ({
        type,
        status: "True",
        lastProbeTime: at,
        lastTransitionTime: at,
      });
      const status = {
        succeeded: 1,
        startTime: at,
        completionTime: at,
        conditions: ["SuccessCriteriaMet", "Complete"].map(condition),
      };
      const patch = JSON.stringify({ status });
      const args = [
        "patch",
        `job/${name}`,
        `--namespace=${namespace}`,
        "--subresource=status",
        "--type=merge",
      ];
      await plane.kubectl([...args, "--patch", patch]);
    },
    get,
    gate: () => get("deployment/rel-web", "{.spec.template.spec.initContainers[0].args}"),
  };
}

/** Of the names of ConfigMaps those that hold migration files. */
const filesOf = (names: string) => names.split(" ").filter((name) => name.includes("-files-"));
const nameOf = (job: string | undefined) => job?.split("=")[0] ?? "";

for (const version of helmVersions) {
  describe(`a release by ${version}`, () => {
    const flavours: [string, object, (args: string) => boolean][] = [
      ["schema", {}, (args) => args.includes("schema")],
      ["run", { command: ["alembic", "upgrade", "head"] }, (args) => args.includes("run/rel-migrate-")],
      ["job", { gate: { target: "job" } }, (args) => args.includes("job/rel-migrate-")],
    ];
    for (const [name, sluice, asks] of flavours) {
      test(`install, upgrade, the same again, rollback, uninstall, install: gate for ${name}`, async () => {
        const rel = await release(version);
        const v1 = { ...sluice, image: { tag: "1" } };
        const v2 = { ...sluice, image: { tag: "2" } };
        await rel.install(v1);
        const first = await rel.jobs();
        expect(first).toHaveLength(1);
        expect(asks(await rel.gate())).toBe(true);

        await rel.complete(nameOf(first[0]));
        await rel.upgrade(v2);
        const second = await rel.jobs();
        expect(second).toHaveLength(1);
        expect(nameOf(second[0])).not.toBe(nameOf(first[0]));

        // Nothing of it changed: the Job is left alone, also while it runs.
        await rel.upgrade(v2);
        expect(await rel.jobs()).toEqual(second);

        await rel.upgrade({ ...v2, rerun: "2026-11-21" });
        const rerun = await rel.jobs();
        expect(nameOf(rerun[0])).not.toBe(nameOf(second[0]));

        await rel.upgrade({ ...v2, resources: { limits: { memory: "1Gi" } } });
        await rel.rollback(1);
        expect(nameOf((await rel.jobs())[0])).toBe(nameOf(first[0]));

        await rel.uninstall();
        expect(await rel.jobs()).toEqual([]);
        await rel.install(v1);
        const again = await rel.jobs();
        expect(nameOf(again[0])).toBe(nameOf(first[0]));
        expect(again).not.toEqual(first);
      });
    }

    test("by revision: each upgrade is another Job", async () => {
      const rel = await release(version);
      const sluice = { image: { tag: "latest" } };
      await rel.install(sluice);
      await rel.upgrade(sluice);
      await rel.upgrade(sluice);
      expect((await rel.jobs()).map(nameOf)).toEqual(["rel-migrate-r3"]);
      await rel.rollback(1);
      expect((await rel.jobs()).map(nameOf)).toEqual(["rel-migrate-r1"]);
    });

    test("hook: the next upgrade replaces a run that outlived the time-out", async () => {
      const rel = await release(version);
      const sluice = {
        strategy: "hook",
        database: { secret: "", url: "postgres://u@h/d" },
        files: { glob: "migrations/*" },
      };
      const hook = async (action: () => Promise<void>, before = ""): Promise<string> => {
        const done = action();
        const uid = await Promise.race([rel.appears("rel-migrate", before), done.then(() => "")]);
        if (uid !== "") await rel.complete("rel-migrate");
        await done;
        return uid;
      };
      const first = await hook(() => rel.install(sluice));
      expect(first).not.toBe("");

      // For each of the four hooks; the Job is never done.
      const late = await rel.call(["upgrade", "rel", chart, "--timeout", "8s"], sluice);
      expect(late.status).not.toBe(0);
      const outlived = await rel.appears("rel-migrate", first);
      expect(await rel.jobs()).toHaveLength(1);
      const third = await hook(() => rel.upgrade(sluice), outlived);
      expect(third).not.toBe("");

      // What a hook made is not Helm's any more, and in nobody's way.
      await rel.uninstall();
      expect((await rel.jobs()).map(nameOf)).toEqual(["rel-migrate"]);
      const fourth = await hook(() => rel.install(sluice), third);
      expect(fourth).not.toBe("");

      // To another strategy and back.
      await rel.upgrade({ files: { glob: "migrations/*" } });
      expect((await rel.jobs()).map(nameOf)).toHaveLength(2);
      expect(await hook(() => rel.upgrade(sluice), fourth)).not.toBe("");
    });

    test("pipeline: CI applies the Job, twice, and the release takes nothing of it over", async () => {
      const rel = await release(version);
      const sluice = { strategy: "pipeline", files: { glob: "migrations/*" }, gate: { enabled: true } };
      const only = ["template", "rel", chart, "--show-only", "templates/migrate.yaml"];
      const { stdout } = await rel.call(only, { ...sluice, pipeline: { job: true } });
      const apply = ["apply", "--filename=-", "--output=name", `--namespace=${rel.namespace}`];
      const applied = (await plane.kubectl(apply, stdout)).trim().split("\n");
      expect(applied).toHaveLength(3);
      const jobs = await rel.jobs();
      expect(applied).toContain(`job.batch/${nameOf(jobs[0])}`);
      await plane.kubectl(apply, stdout);
      await rel.install(sluice);
      await rel.upgrade(sluice);
      await rel.uninstall();
      expect(await rel.jobs()).toEqual(jobs);
    });

    test("ConfigMap of files: that of the old release stays for its pods, through rollback and a new installation", async () => {
      const rel = await release(version);
      const of = (checksum: string) => ({ files: { glob: "migrations/*", checksum } });
      const names = () => rel.get("configmaps", "{.items[*].metadata.name}").then(filesOf);
      await rel.install(of("1"));
      const first = await names();
      expect(first).toHaveLength(1);
      await rel.upgrade(of("2"));
      const both = await names();
      expect(both).toHaveLength(2);
      expect(both).toEqual(expect.arrayContaining(first));
      await rel.rollback(1);
      await rel.upgrade(of("2"));
      await rel.uninstall();
      expect(await names()).toEqual(both);
      await rel.install(of("1"));
      expect(await names()).toEqual(both);
    });

    test("every strategy after every other", async () => {
      const rel = await release(version);
      await rel.install({ strategy: "init" });
      const workloads = ["deployment/{{ .Release.Name }}-web"];
      for (const sluice of [
        { strategy: "startup" },
        { strategy: "pipeline" },
        { strategy: "job", contract: { enabled: true, workloads } },
        { strategy: "init", contract: { enabled: true, workloads } },
        { strategy: "job", gate: { target: "job" } },
        { strategy: "pipeline" },
      ])
        await rel.upgrade(sluice);
      expect(await rel.jobs()).toEqual([]);
    });
  });
}
