import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkManifests } from "../../src/manifests/check.ts";
import type { ManifestReport } from "../../src/manifests/checking/run.ts";
import { plainManifests } from "../examples/deployments.ts";
import { repository } from "../support/executable.ts";

const read = (path: string) => readFileSync(join(repository, path), "utf8");
const check = (name: string, text: string): ManifestReport =>
  checkManifests([{ name, path: undefined, text }], { helmTimeout: undefined }, []);
const shown = ({ findings }: ManifestReport) =>
  findings.map(({ code, file, line, object, message }) => `${code} ${file}:${line} ${object}: ${message}`);

/** What a golden file of the chart shows although it is found: values that the test sets against the advice. */
const MEANT: Readonly<Record<string, readonly string[]>> = {
  "job-everything.yaml": ["SM014"],
  "job-latest.yaml": ["SM016"],
};

const charts = readdirSync(join(repository, "test/charts/golden")).filter((name) => name.endsWith(".yaml"));

test.each(charts)("what the chart renders is in order: %s", (name) => {
  const report = check(name, read(`test/charts/golden/${name}`));
  expect(report.workloads).toBeGreaterThan(0);
  const codes = new Set(report.findings.map(({ code }) => code));
  expect({ codes: [...codes], shown: codes.size > 0 ? shown(report) : [] }).toEqual({
    codes: [...(MEANT[name] ?? [])],
    shown: codes.size > 0 ? [expect.stringContaining(MEANT[name]?.[0] ?? "none")] : [],
  });
});

const examples = readdirSync(join(repository, "test/examples/golden"));

test.each(examples)("what the examples are rendered to is in order: %s", (name) => {
  const report = check(name, read(`test/examples/golden/${name}`));
  expect(report.workloads).toBeGreaterThan(0);
  expect(shown(report)).toEqual([]);
});

test.each(["v1", "v2"])("the plain manifests of the examples are in order: %s", (release) => {
  const report = check("kubectl", plainManifests(release));
  expect(report.workloads).toBe(4);
  expect(shown(report)).toEqual([]);
});

/** Pages with manifests as their readers should write them. */
const pages = [
  "README.md",
  "charts/sluice/README.md",
  ...["docs/guides", "docs/concepts", "docs/runbooks"].flatMap((folder) =>
    readdirSync(join(repository, folder))
      .filter((name) => name.endsWith(".md"))
      .map((name) => `${folder}/${name}`),
  ),
];

/** Blocks of a page that hold whole objects with pods, each with the line it begins at. */
function manifestsOf(page: string): { line: number; text: string }[] {
  const text = read(page);
  return [...text.matchAll(/^( *)```ya?ml[^\n]*\n([\s\S]*?)^ *```$/gm)].flatMap(
    ({ index, 2: block = "" }) => {
      const isWhole = /^kind: (Deployment|StatefulSet|DaemonSet|Job|CronJob|Pod|Rollout)$/m.test(block);
      const isTemplate = /\{\{/.test(block);
      return isWhole && !isTemplate
        ? [{ line: text.slice(0, index).split("\n").length + 1, text: block }]
        : [];
    },
  );
}

/** Pages whose manifests show how a pod looks before something is done to it. */
const BEFORE: Readonly<Record<string, readonly string[]>> = {};

test("no finding in the manifests of any page", () => {
  const seen = pages.flatMap((page) => manifestsOf(page).map((block) => ({ page, ...block })));
  expect(seen.length).toBeGreaterThan(1);
  const found = seen.flatMap(({ page, line, text }) =>
    check(`${page}:${line}+`, text)
      .findings.filter(({ code }) => !BEFORE[page]?.includes(code))
      .map(({ code, file, line, object, message }) => `${code} ${file}${line} ${object}: ${message}`),
  );
  expect(found).toEqual([]);
});

test("manifests in every odd form are read, or refused as unreadable", () => {
  const folder = "test/manifests/golden";
  const inputs = readdirSync(join(repository, folder)).filter((name) => name.endsWith(".input.yaml"));
  const ends = inputs.map((name) => {
    try {
      return check(name, read(`${folder}/${name}`)).workloads > 0 ? "read" : "empty";
    } catch (error) {
      return (error as { code?: string }).code;
    }
  });
  expect([...new Set(ends)].sort()).toEqual(["SL8001", "read"]);
});

test.each([
  "kind: Deployment",
  "kind: Deployment\nmetadata: []\nspec: 7",
  "kind: Job\nmetadata: { name: 5, annotations: [a], labels: x }\nspec: { template: { spec: { containers: {} } } }",
  "kind: Pod\nspec: { containers: [null, 1, { name: [], image: {}, command: sluice, args: [{}], env: [null, {}] }] }",
  "kind: Pod\nspec: { initContainers: [{ command: [sluice] }, { args: [wait] }], volumes: [{}], containers: [{}] }",
  "kind: RoleBinding\nmetadata: { name: a }\nroleRef: 7\nsubjects: [{}, null]",
  "- kind: Pod\n- 7\n- null",
  "kind: List\nitems: [null, { kind: List, items: [] }, []]",
  "",
])("nonsense is no reason to fail: %j", (text) => {
  expect(() => check("a.yaml", text)).not.toThrow();
});
