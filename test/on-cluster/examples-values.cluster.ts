import { describe, expect, test } from "bun:test";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { helm } from "../charts/helm.ts";
import { type Manifest, ofKind } from "../charts/manifests.ts";
import { testAppChart } from "../examples/chart.ts";
import { renderTestApp, strategies } from "../examples/deployments.ts";
import { containersOf, named, podOf, rendered, set, workloadsOf } from "../examples/workloads.ts";
import { repository } from "../support/executable.ts";
import { cluster, isOurs } from "./support.ts";

const chart = testAppChart();

describe("environment", () => {
  test("env, the ConfigMap and envFrom: the part's own over the global ones", async () => {
    const values = {
      "global.env.REGION": "north",
      "global.env.PORT": "8081",
      "global.config.LOG_LEVEL": "warn",
      "global.envFrom[0].secretRef.name": "shared",
      "test-app-api.env.PORT": "8082",
      "test-app-api.env.DATABASE_URL": "",
      "test-app-api.config.BLOG_TITLE": "Mine",
      "test-app-api.envFrom[0].secretRef.name": "own",
    };
    const manifests = await rendered(...set(values));
    const main = (name: string) => containersOf(named(manifests, "Deployment", name)).at(-1) as Manifest;
    const secret = { valueFrom: { secretKeyRef: { name: "test-app-database", key: "url" } } };
    expect(main("test-app-api")["env"]).toEqual([
      { name: "DATABASE_URL", value: "" },
      { name: "PORT", value: "8082" },
      { name: "REGION", value: "north" },
    ]);
    expect(main("test-app-service")["env"]).toEqual([
      { name: "DATABASE_URL", ...secret },
      { name: "PORT", value: "8081" },
      { name: "REGION", value: "north" },
    ]);
    const from = (name: string) => main(name)["envFrom"].map((one: object) => Object.entries(one)[0]);
    expect(from("test-app-api")).toEqual([
      ["secretRef", { name: "shared" }],
      ["configMapRef", { name: "test-app-api" }],
      ["secretRef", { name: "own" }],
    ]);
    const data = (name: string) => named(manifests, "ConfigMap", name)["data"];
    expect(data("test-app-api")).toEqual({ LOG_LEVEL: "warn", BLOG_TITLE: "Mine" });
    expect(data("test-app-service")).toEqual({ LOG_LEVEL: "warn", BLOG_TITLE: "A blog" });
  });

  test("other settings make other pods", async () => {
    const sum = async (values: Record<string, string>) =>
      named(await rendered(...set(values)), "Deployment", "test-app-api")["spec"].template.metadata
        .annotations["checksum/config"];
    expect(await sum({ "test-app-api.config.LOG_LEVEL": "debug" })).not.toBe(await sum({}));
    expect(await sum({ "test-app-service.config.LOG_LEVEL": "debug" })).toBe(await sum({}));
  });
});

describe("accounts", () => {
  test.each(Object.entries(strategies))("strategy %s: who has the migrator's Secret", async (name, args) => {
    const having = workloadsOf(await rendered(...args)).flatMap((workload) =>
      containersOf(workload)
        .filter((one) => JSON.stringify(one).includes("test-app-migrator"))
        .map((one) => ({ kind: workload.kind, name: one["name"] })),
    );
    const own = name === "startup" ? ["api", "sluice-migrate"] : ["sluice-migrate"];
    expect([...new Set(having.map((one) => one.name))].sort()).toEqual(name === "pipeline" ? [] : own);
    // A one-off command waits, if anything: its pods are nobody's migration.
    expect(having.map(({ kind }) => kind)).not.toContain("CronJob");
  });
});

describe("gate and Job", () => {
  test("of all parts run the same image over the same files", async () => {
    const manifests = await rendered(...set({ "global.image.tag": "v2" }));
    const all = workloadsOf(manifests).flatMap(containersOf);
    const gates = all.filter((one) => one["name"] === "sluice-gate");
    expect(gates).toHaveLength(4); // api, service and two commands
    const migrate = all.find((one) => one["name"] === "sluice-migrate" && one["args"].includes("expand"));
    for (const gate of gates) {
      expect([gate["image"], gate["args"]]).toEqual([
        migrate?.["image"],
        ["wait", "schema", "--dir", "/migrations"],
      ]);
    }
    expect(migrate?.["args"].join(" ")).toContain("--dir /migrations");
  });

  test("by the Job's name, where the gates ask for that, with the right to see it", async () => {
    const manifests = await rendered(
      ...set({ "global.image.tag": "v2", "global.sluice.gate.target": "job" }),
    );
    const job = ofKind(manifests, "Job").find(
      ({ metadata }) => metadata.labels["sluice.dev/release"],
    ) as Manifest;
    const gate = containersOf(named(manifests, "Deployment", "test-app-api"))[0];
    expect(gate?.["args"].slice(0, 2)).toEqual(["wait", `job/${job["metadata"].name}`]);
    const role = named(manifests, "Role", "test-app-test-app-migrate-gate");
    expect(role["rules"][0].resourceNames).toEqual([job["metadata"].name]);
    const binding = named(manifests, "RoleBinding", "test-app-test-app-migrate-gate");
    const accounts = binding["subjects"].map((one: { name: string }) => one.name);
    const used = workloadsOf(manifests)
      .filter((one) => JSON.stringify(one).includes("sluice-gate"))
      .map(podOf);
    expect([...new Set(used.map((pod) => pod?.["serviceAccountName"]))].sort()).toEqual(accounts.sort());
  });
});

test("an Ingress only where it is asked for", async () => {
  expect(ofKind(await rendered(), "Ingress")).toEqual([]);
  const [ingress] = ofKind(
    await rendered(
      ...["--set", "test-app-api.ingress.enabled=true"],
      ...set({ "test-app-api.ingress.tlsSecret": "blog-tls", "test-app-api.ingress.className": "nginx" }),
    ),
    "Ingress",
  );
  expect(ingress?.["spec"]).toMatchObject({
    ingressClassName: "nginx",
    tls: [{ hosts: ["blog.example"], secretName: "blog-tls" }],
    rules: [{ host: "blog.example" }],
  });
});

test("a command with a schedule runs by it, one without only by hand", async () => {
  const manifests = await rendered(...set({ "test-app-cli.commands.stats.schedule": "0 3 * * *" }));
  const [seed, stats] = ["seed", "stats"].map(
    (name) => named(manifests, "CronJob", `test-app-cli-${name}`)["spec"],
  );
  expect([seed.suspend, stats.suspend, stats.schedule]).toEqual([true, false, "0 3 * * *"]);
});

test("`helm dependency update` packs the library, as the README says", async () => {
  const folder = join(testAppChart(), "..", "repository");
  cpSync(join(repository, "charts/sluice"), join(folder, "charts/sluice"), {
    recursive: true,
  });
  const at = join(folder, "examples/test-app/chart");
  cpSync(join(repository, "examples/test-app/chart"), at, { recursive: true });
  const { status, stderr } = await helm("helm4", ["dependency", "update", at]);
  expect([status, status === 0 ? "" : stderr]).toEqual([0, ""]);
  expect(await renderTestApp("helm4", at, [])).toBe(await renderTestApp("helm4", chart, []));
});

test.skipIf(!isOurs)("NOTES name the Job of this release, and what holds the contract phase up", async () => {
  const notes = async (values: Record<string, string>) => {
    const { kubeconfig = "" } = await cluster();
    const args = ["install", "test-app", chart, "--dry-run=client", "--namespace=test-app", ...set(values)];
    const { stdout, stderr } = await helm("helm4", args, { kubeconfig });
    expect(stderr).not.toContain("Error");
    const [manifests = "", text = ""] = stdout.split("NOTES:");
    const job = /name: (test-app-migrate-[0-9a-f]{10})$/m.exec(manifests)?.[1];
    return { text, job };
  };
  const plain = await notes({ "global.image.tag": "v2" });
  expect(plain.text).toContain(`sluice wait job/${plain.job} -n test-app --logs --fail-fast`);
  expect(plain.text).not.toContain("an image of its own");
  const other = await notes({ "global.image.tag": "v2", "test-app-cli.image.tag": "v3" });
  expect(other.job).not.toBe(plain.job);
  expect(other.text).toContain(`sluice wait job/${other.job} -n test-app`);
  expect(other.text).toContain("test-app-cli: an image of its own");
  const each = ["api", "service", "cli"].map((part) => [`test-app-${part}.image.tag`, "v3"]);
  const all = await notes({ "global.image.tag": "v2", ...Object.fromEntries(each) });
  expect(all.text).toMatch(/test-app-api, test-app-cli, test-app-service: .* that of global.image again/);
});
