import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { cases } from "../charts/cases.ts";
import { consumer, helm, helmVersions, render } from "../charts/helm.ts";
import { gates, type Manifest, ofKind, parseManifests } from "../charts/manifests.ts";
import { failureOf } from "../support/failure.ts";

/** Job, gates and contract Job are rendered in different sub-charts, and name the same. */
const chart = consumer("umbrella");

/** The objects of the chart umbrella, of values below `global.sluice` and further ones. */
const umbrella = async (sluice: object, { global = {}, ...parts }: Record<string, object> = {}) =>
  parseManifests(await render("helm4", chart, { ...parts, global: { ...global, sluice } }));
const contract = cases.find(({ name }) => name === "umbrella-contract")?.sluice ?? {};
const command = { command: ["alembic", "upgrade", "head"] };

/** ID that the Job gives to its run. */
function runOf(manifests: readonly Manifest[]): string {
  const args: string[] = ofKind(manifests, "Job")[0]?.["spec"].template.spec.containers[0].args;
  return args[args.indexOf("--id") + 1] ?? "none";
}
const targets = (manifests: readonly Manifest[]) => gates(manifests).map((gate) => gate.args[1]);

/** Each label by which something of the release is told from that of another, and what the contract Job waits for. */
function identities(manifests: readonly Manifest[]): string[] {
  const pods = ["Job", "Deployment", "StatefulSet"]
    .flatMap((kind) => ofKind(manifests, kind))
    .map((one) => one["spec"].template);
  const awaited = JSON.stringify(manifests).matchAll(/"sluice.dev\/release=([^"]+)"/g);
  return [
    ...pods.map(({ metadata }) => metadata.labels["sluice.dev/release"]),
    ...[...awaited].map(([, id]) => id),
  ];
}

describe("gates in other sub-charts", () => {
  test("ask for the run that the Job makes", async () => {
    const manifests = await umbrella(command);
    expect(runOf(manifests)).toMatch(/^rel-migrate-[0-9a-f]{10}$/);
    expect(targets(manifests)).toEqual(Array(2).fill(`run/${runOf(manifests)}`));
  });

  test("ask for the Job by its name and identity, with the right to see it", async () => {
    const manifests = await umbrella({ gate: { target: "job" } });
    const job = ofKind(manifests, "Job")[0]?.["metadata"];
    const identity = `sluice.dev/release=${job.labels["sluice.dev/release"]}`;
    const target = ["wait", `job/${job.name}`, "--identity", identity];
    expect(gates(manifests).map((gate) => gate.args)).toEqual([target, target]);
    expect(ofKind(manifests, "Role")[0]?.["rules"]).toEqual([
      { apiGroups: ["batch"], resources: ["jobs"], resourceNames: [job.name], verbs: ["list", "watch"] },
    ]);
  });

  test("carry the identity that the contract Job waits for", async () => {
    const all = identities(await umbrella(contract));
    expect(all.length).toBe(5);
    expect(new Set(all).size).toBe(1);
  });
});

describe("a pull policy of one part alone", () => {
  const always = { image: { pullPolicy: "Always" } };
  const never = { image: { pullPolicy: "Never" } };
  /** Of all parts, and of one: the Job's, or one with a gate. */
  const policies: [string, object, RegExp][] = [
    ["cli", {}, /^[0-9a-f]{10}$/],
    ["api", {}, /^[0-9a-f]{10}$/],
    ["cli", always, /^r1$/],
    ["api", always, /^r1$/],
  ];
  for (const [part, shared, identity] of policies) {
    const own = { [part]: { sluice: shared === always ? never : always } };
    const name = `${part}, with ${shared === always ? "Always" : "none"} for all`;

    test(`leaves the identity as it is: ${name}`, async () => {
      for (const manifests of [
        await umbrella({ ...contract, ...shared }, own),
        await umbrella(contract, { ...own, global: shared as Record<string, object> }),
      ]) {
        const all = identities(manifests);
        expect([new Set(all).size, all[0]]).toEqual([1, expect.stringMatching(identity)]);
      }
    });

    test(`leaves the run's ID as it is: ${name}`, async () => {
      const manifests = await umbrella({ ...command, ...shared }, own);
      expect(runOf(manifests).slice("rel-migrate-".length)).toMatch(identity);
      expect(targets(manifests)).toEqual(Array(2).fill(`run/${runOf(manifests)}`));
    });
  }

  test("counts where nobody names the run", async () => {
    const [job] = ofKind(await umbrella({}, { cli: { sluice: always } }), "Job");
    expect(job?.["metadata"].name).toBe("rel-migrate-r1");
  });
});

test("what a part may not say alone", async () => {
  const tag = { cli: { sluice: { image: { tag: "2" } } } };
  const [job] = ofKind(await umbrella({}, tag), "Job");
  expect(job?.["spec"].template.spec.containers[0].image).toBe("registry.example/shop:2");
  expect(targets(await umbrella({ ...command, id: "abc" }, tag))).toEqual(["run/abc", "run/abc"]);
  for (const sluice of [command, { gate: { target: "job" } }])
    expect((await failureOf(umbrella(sluice, tag))).message).toMatch(/image belongs into global.sluice/);
  for (const sluice of [{ phase: "expand" }, { runArgs: ["x"] }, tag.cli.sluice])
    expect((await failureOf(umbrella(contract, { cli: { sluice } }))).message).toMatch(
      /belongs into global.sluice/,
    );
});

test("Roles of two sub-charts have two names, however long that of the release is", async () => {
  const copy = consumer("umbrella");
  const rbac = '{{ include "sluice.rbac" (dict "root" $ "serviceAccounts" (list "api")) }}';
  writeFileSync(join(copy, "charts", "api", "templates", "rbac.yaml"), rbac);
  for (const version of helmVersions) {
    const { stdout } = await helm(version, ["template", "r".repeat(53), copy], {
      values: { global: { sluice: { gate: { target: "job" } } } },
    });
    for (const kind of ["Role", "RoleBinding"]) {
      const names = ofKind(parseManifests(stdout), kind).map(({ metadata }) => metadata.name);
      expect([kind, names.length, new Set(names).size]).toEqual([kind, 2, 2]);
    }
  }
});
