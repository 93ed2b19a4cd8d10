import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { helm, helmVersions } from "../charts/helm.ts";
import { type Manifest, ofKind, parseManifests } from "../charts/manifests.ts";
import { type ControlPlane, controlPlane } from "../cluster/control-plane.ts";
import { testAppChart } from "../examples/chart.ts";
import {
  goldenPath,
  kustomized,
  plainManifests,
  renderTestApp,
  strategies,
} from "../examples/deployments.ts";
import { expectGolden } from "../support/golden.ts";
import { dryRun, restrictedNamespace } from "./dry-run.ts";

const chart = testAppChart();
const workloads = ["Deployment", "Job", "CronJob"];

let plane: ControlPlane;
beforeAll(async () => {
  plane = await controlPlane();
  await restrictedNamespace(plane, "test-app");
}, 600_000);
afterAll(() => plane?.stop(), 60_000);

describe.each(Object.entries(strategies))("the chart, strategy %s", (name, args) => {
  for (const version of helmVersions) {
    test(`is rendered as its golden file has it, by ${version}`, async () => {
      expectGolden(goldenPath(name), await renderTestApp(version, chart, args));
    });
  }

  test("is taken by the API server, with its pods under PodSecurity restricted", async () => {
    await dryRun(plane, "test-app", readFileSync(goldenPath(name), "utf8"), workloads);
  });
});

for (const version of helmVersions) {
  test(`lint --strict, by ${version}`, async () => {
    const { status, stdout, stderr } = await helm(version, ["lint", "--strict", chart]);
    expect([status, status === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
  });
}

describe("Kustomize", () => {
  test.each(["v1", "v2"])("the overlay of %s", async (release) => {
    const text = await kustomized(release);
    expectGolden(goldenPath(`kustomize-${release}`), text);
    await dryRun(plane, "test-app", text, workloads);
  });

  test("deploys what the plain manifests do", async () => {
    const plain = parseManifests(plainManifests("v1"));
    const built = parseManifests(await kustomized("v1"));
    for (const kind of ["Deployment", "Job"]) {
      expect(ofKind(plain, kind).map(containers).sort()).toEqual(ofKind(built, kind).map(containers).sort());
    }
    const names = (all: typeof plain) => all.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    const withoutHash = names(built).map((name) => name.replace(/^(ConfigMap.*)-\w+$/, "$1"));
    expect(withoutHash.sort()).toEqual(names(plain).sort());
  });
});

/** What the containers of a workload run, and the names of their variables. */
const containers = ({ metadata, spec }: Manifest) =>
  JSON.stringify([
    metadata.name,
    ...spec.template.spec.containers.map(({ name, image, command, args, env }: Manifest) => [
      ...[name, image, command, args],
      env.map((one: { name: string }) => one.name),
    ]),
  ]);

describe("kubectl apply", () => {
  const apply = (text: string, ...args: string[]) =>
    plane.kubectl(["apply", "--namespace=test-app", "--filename=-", ...args], text);

  test("the pods pass PodSecurity restricted", async () => {
    await dryRun(plane, "test-app", plainManifests("v1"), workloads);
  });

  for (const [what, manifests] of [
    ["the plain manifests", async (release: string) => plainManifests(release)],
    ["Kustomize", kustomized],
  ] as const) {
    test(`${what}: v1, v1 again and v2: no field that cannot be changed, and the Jobs of v1 are gone`, async () => {
      const prune = ["--prune", "--selector=app.kubernetes.io/part-of=test-app"];
      const deploy = async (release: string) =>
        apply(await manifests(release), ...prune, "--prune-allowlist=batch/v1/Job");
      const jobs = () => plane.kubectl(["get", "jobs", "--namespace=test-app", "--output=name"]);
      const of = (release: string) =>
        ["contract", "migrate"].map((part) => `job.batch/test-app-${part}-${release}\n`).join("");

      await deploy("v1");
      expect(await jobs()).toBe(of("v1"));
      const again = await deploy("v1");
      expect(again).toContain("job.batch/test-app-migrate-v1 unchanged");
      expect(again).not.toContain("pruned");
      const next = await deploy("v2");
      expect(await jobs()).toBe(of("v2"));
      expect(next.match(/^.* pruned$/gm)).toHaveLength(2);
      await plane.kubectl(["delete", "jobs,deployments", "--all", "--namespace=test-app"]);
    });
  }
});
