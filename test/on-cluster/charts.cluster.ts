import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cases, valuesOf } from "../charts/cases.ts";
import { consumer, type HelmVersion, helm, helmVersions, render } from "../charts/helm.ts";
import { jobName, rendered } from "../charts/manifests.ts";
import { type ControlPlane, controlPlane } from "../cluster/control-plane.ts";
import { expectGolden } from "../support/golden.ts";
import { dryRun, restrictedNamespace } from "./dry-run.ts";

const golden = (name: string) => join(import.meta.dirname, "..", "charts", "golden", `${name}.yaml`);
const charts = { shop: consumer("shop"), umbrella: consumer("umbrella"), ledger: consumer("ledger") };
const chartOf = (name: keyof typeof charts) => charts[name];

let plane: ControlPlane;
beforeAll(async () => {
  plane = await controlPlane();
  await restrictedNamespace(plane, "ns");
  await restrictedNamespace(plane, "other");
  const free = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  const crd = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "prometheusrules.monitoring.coreos.com" },
    spec: {
      group: "monitoring.coreos.com",
      scope: "Namespaced",
      names: { kind: "PrometheusRule", plural: "prometheusrules" },
      versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: free } }],
    },
  };
  await plane.kubectl(["create", "-f", "-"], JSON.stringify(crd));
  await plane.kubectl(["wait", "--for=condition=Established", `crd/${crd.metadata.name}`]);
}, 600_000);
afterAll(() => plane?.stop(), 60_000);

describe("golden files", () => {
  for (const version of helmVersions) {
    for (const one of cases) {
      test(`${one.name}, by ${version}`, async () => {
        expectGolden(golden(one.name), await render(version, chartOf(one.chart), valuesOf(one)));
      });
    }
    test(`rendered for an upgrade the names are the same, by ${version}`, async () => {
      const latest = ({ name }: { name: string }) => name === "job-latest";
      for (const one of cases.filter((it) => !latest(it))) {
        const text = await render(version, chartOf(one.chart), valuesOf(one), ["--is-upgrade"]);
        expect([one.name, text]).toEqual([one.name, readFileSync(golden(one.name), "utf8")]);
      }
    });
    for (const name of ["shop", "umbrella", "ledger"] as const) {
      test(`lint --strict of ${name}, by ${version}`, async () => {
        const { status, stdout, stderr } = await helm(version, ["lint", "--strict", chartOf(name)]);
        expect([status, status === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
      });
    }
  }
});

describe("the API server takes every golden file", () => {
  for (const { name } of cases) {
    test(name, async () => {
      const text = readFileSync(golden(name), "utf8");
      await dryRun(plane, "ns", text, ["Job"]);
    });
  }

  test("also in another namespace than Helm was told: kubectl apply -n", async () => {
    await dryRun(plane, "other", readFileSync(golden("contract"), "utf8"), ["Job"]);
  });
});

describe("NOTES", () => {
  async function notes(version: HelmVersion, sluice: object, chart = charts.shop, key = "sluice") {
    const args = ["install", "rel", chart, "--dry-run=client", "--namespace", "ns"];
    const { status, stdout, stderr } = await helm(version, args, {
      values: { global: { [key]: sluice } },
      kubeconfig: plane.kubeconfig,
    });
    if (status !== 0) throw new Error(stderr);
    return stdout.slice(stdout.indexOf("NOTES:"));
  }

  for (const version of helmVersions) {
    test(`say what will happen and how to watch it, by ${version}`, async () => {
      const job = await notes(version, {});
      const name = jobName(await rendered(charts.shop, {}));
      expect(job).toContain(`kubectl logs -n ns job/${name}`);
      expect(job).toContain(`sluice wait job/${name} -n ns --logs --fail-fast`);
      const hook = await notes(version, { strategy: "hook" });
      expect(hook).toContain("job/rel-migrate has migrated");
      expect(hook).toContain("kubectl delete job,serviceaccount,secret,configmap");
      expect(await notes(version, { strategy: "init" })).toContain("sluice-migrate");
      const pipeline = { strategy: "pipeline" };
      expect(await notes(version, pipeline)).not.toContain("contains job/");
      const withJob = await notes(version, { ...pipeline, pipeline: { job: true } });
      expect(withJob).toMatch(/contains job\/rel-migrate-[0-9a-f]{10} as well/);
      expect(await notes(version, { strategy: "startup" })).toContain("may therefore change the schema");
      expect(await notes(version, { image: { tag: "latest" } })).toContain("runs in every revision");
    });
  }

  test("speak of backoffLimit only where there is a Job", async () => {
    const speaks = async (sluice: object) =>
      (await notes("helm4", { restartPolicy: "OnFailure", ...sluice })).includes("no podFailurePolicy");
    const contract = { enabled: true, workloads: ["deployment/x"] };
    for (const sluice of [{}, { strategy: "hook" }, { strategy: "init", contract }])
      expect([sluice, await speaks(sluice)]).toEqual([sluice, true]);
    for (const strategy of ["init", "pipeline", "startup"])
      expect([strategy, await speaks({ strategy })]).toEqual([strategy, false]);
  });

  test("say how this very release migrates once more", async () => {
    const command = "--reuse-values --set-string global.sluice.rerun=DATE";
    for (const strategy of ["job", "hook", "init", "startup"])
      expect(await notes("helm4", { strategy })).toContain(`helm upgrade rel CHART -n ns ${command}`);
    const pipeline = await notes("helm4", { strategy: "pipeline" });
    expect(pipeline).toContain("the step of the pipeline that migrates");
    expect(pipeline).not.toContain("helm upgrade");

    const billing = consumer("shop");
    const file = join(billing, "templates", "NOTES.txt");
    writeFileSync(file, readFileSync(file, "utf8").replace("(dict", '(dict "global" "billing"'));
    const second = await notes("helm4", { name: "billing" }, billing, "billing");
    expect(second).toContain("global.billing.rerun=DATE");
  });
});
