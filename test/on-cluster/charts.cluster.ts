import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cases } from "../charts/cases.ts";
import { consumer, type HelmVersion, helm, helmVersions, render } from "../charts/helm.ts";
import { jobName, rendered } from "../charts/manifests.ts";
import { type ControlPlane, controlPlane } from "../cluster/control-plane.ts";
import { expectGolden } from "../support/golden.ts";
import { dryRun, restrictedNamespace } from "./dry-run.ts";

const golden = (name: string) => join(import.meta.dirname, "..", "charts", "golden", `${name}.yaml`);
const charts = { shop: consumer("shop"), umbrella: consumer("umbrella") };
const chartOf = (name: keyof typeof charts) => charts[name];

let plane: ControlPlane;
beforeAll(async () => {
  plane = await controlPlane();
  await restrictedNamespace(plane, "ns");
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
    for (const { name, chart, sluice } of cases) {
      test(`${name}, by ${version}`, async () => {
        const text = await render(version, chartOf(chart), { global: { sluice: sluice ?? {} } });
        expectGolden(golden(name), text);
      });
    }
    test(`rendered for an upgrade the names are the same, by ${version}`, async () => {
      const latest = ({ name }: { name: string }) => name === "job-latest";
      for (const { name, chart, sluice } of cases.filter((one) => !latest(one))) {
        const values = { global: { sluice: sluice ?? {} } };
        const text = await render(version, chartOf(chart), values, ["--is-upgrade"]);
        expect([name, text]).toEqual([name, readFileSync(golden(name), "utf8")]);
      }
    });
    for (const name of ["shop", "umbrella"] as const) {
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
});

describe("NOTES", () => {
  async function notes(version: HelmVersion, sluice: object): Promise<string> {
    const args = ["install", "rel", charts.shop, "--dry-run=client", "--namespace", "ns"];
    const { status, stdout, stderr } = await helm(version, args, {
      values: { global: { sluice } },
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
      expect(await notes(version, { restartPolicy: "OnFailure" })).toContain("no podFailurePolicy");
      expect(await notes(version, { strategy: "hook" })).toContain("job/rel-migrate has migrated");
      expect(await notes(version, { strategy: "init" })).toContain("sluice-migrate");
      expect(await notes(version, { strategy: "pipeline" })).toContain("contains no Job");
      expect(await notes(version, { strategy: "startup" })).toContain("may therefore change the schema");
      expect(await notes(version, { image: { tag: "latest" } })).toContain("runs in every revision");
    });
  }
});
