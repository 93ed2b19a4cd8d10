import { beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { executable, repository } from "../support/executable.ts";
import { runSluice } from "../support/run.ts";
import { tempDir } from "../support/temp.ts";

beforeAll(() => void executable(), 120_000);

const example = (name: string) => readFileSync(join(repository, "src/manifests/rules", name), "utf8");
const files = {
  "k8s/messages.yaml": example("recreate-behind-gate.bad.yaml"),
  "k8s/job.yaml": example("ttl-on-awaited-job.good.yaml"),
  "old/messages.yaml": example("recreate-behind-gate.bad.yaml"),
  "good/api.yaml": example("ttl-on-awaited-job.good.yaml"),
};
const check = (
  args: string[],
  options: { cwd?: string; input?: string; env?: Record<string, string> } = {},
) => runSluice(["check", ...args], { executable: true, cwd: tempDir(files), ...options });

test("findings: exit 1, with rule, place and what to do; none: exit 0", async () => {
  const found = await check(["k8s"]);
  expect([found.code, found.stderr, found.stdout]).toEqual([
    1,
    "",
    `SM001 Old pods are ended before the new ones may start (1)
  k8s/messages.yaml:8:5: deployment/messages
    Recreate ends the old pods first, and nothing serves while the new ones are held back by the
    gate sluice-gate
    fix: set strategy.type of deployment/messages to RollingUpdate with maxUnavailable: 0, or
    annotate it with sluice.dev/downtime: accepted
  docs: docs/rules/SM001.md

k8s/job.yaml, k8s/messages.yaml: 3 workloads, 1 finding
`,
  ]);
  const none = await check(["good"]);
  expect([none.code, none.stderr, none.stdout]).toEqual([0, "", "good/api.yaml: 2 workloads, no findings\n"]);
});

test("all inputs are one whole: a Job in one file, its gate in another", async () => {
  const [gate = "", job = ""] = example("ttl-on-awaited-job.bad.yaml").split("---\n");
  const cwd = tempDir({ "gate.yaml": gate, "job.yaml": job });
  expect((await check(["gate.yaml"], { cwd })).code).toBe(0);
  expect((await check(["job.yaml"], { cwd })).code).toBe(0);
  const both = await check(["gate.yaml", "job.yaml"], { cwd });
  expect([both.code, both.stdout]).toEqual([
    1,
    expect.stringMatching(/SM006 [\s\S]*\n {2}job\.yaml:6:3: job\//),
  ]);
});

test("standard input, with lines of its own; JSON one document a line", async () => {
  const input = `# first\n${files["k8s/messages.yaml"]}`;
  const yaml = await check(["-"], { input });
  expect([yaml.code, yaml.stdout]).toEqual([
    1,
    expect.stringContaining("  standard input:9:5: deployment/messages"),
  ]);
  const pod = (name: string, value: string) =>
    JSON.stringify({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name },
      spec: { containers: [{ name, image: "a:1", env: [{ name: "PGPASSWORD", value }] }] },
    });
  const json = await check(["-", "-o", "json"], { input: `${pod("a", "")}\n${pod("b", "secret")}\n` });
  expect(json.code).toBe(1);
  expect(JSON.parse(json.stdout)).toMatchObject({
    kind: "CheckReport",
    sources: ["standard input"],
    workloads: 2,
    findings: [{ code: "SM013", file: "standard input", line: 2, object: "pod/b", kind: "Pod", name: "b" }],
  });
});

test("what cannot be read: exit 2, with its place", async () => {
  const cwd = tempDir({ "a.yaml": "kind: Pod\nmetadata: {name: a\n", "empty/x.txt": "" });
  for (const [args, code, text] of [
    [["a.yaml"], "SL8001", "a.yaml:"],
    [["nowhere.yaml"], "SL8002", "nowhere.yaml cannot be read: it does not exist"],
    [["empty"], "SL8002", "the folder holds no"],
  ] as const) {
    const { code: exit, stderr, stdout } = await check([...args], { cwd });
    expect([exit, stderr, stdout]).toEqual([2, expect.stringContaining(code), ""]);
    expect(stderr).toContain(text);
  }
  for (const [input, place] of [
    ["kind: Pod\n---\nkind: Pod\n---\nspec: [\n", "standard input:6:1"],
    ["kind: Pod\nspec: &s\n  a: *s\n", "the alias *s stands in what it stands for\n  --> standard input:3:6"],
    [`a: ${"[".repeat(20_000)}`, "it is nested too deeply\n  --> standard input:1:"],
    ["spec: {{ .Values.a }}\n", "Render it first"],
    [
      "\uFEFFkind: Pod\n---\n\uFEFFkind: Pod\n",
      "a byte order mark stands within the text\n  --> standard input:3:1",
    ],
  ] as const)
    expect(await check(["-"], { input })).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining(place),
    });
  const nothing = await check(["-"], { input: "kind: ConfigMap\n" });
  expect([nothing.code, nothing.stderr]).toEqual([0, expect.stringContaining("nothing with pods in it")]);
});

test("pods of a kind that is not known are named", async () => {
  const input =
    "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: { name: a }\nspec: { template: { spec: { containers: [{ name: a }] } } }\n";
  const { code, stdout } = await check(["-"], { input });
  expect([code, stdout]).toEqual([
    0,
    expect.stringContaining(
      "note: service/a (serving.knative.dev/v1) has pods, and its kind is not known here",
    ),
  ]);
});

test("--accept, as a flag and in sluice.yaml beside codes of accounts", async () => {
  const one = await check(["k8s", "--accept", "SM001=deployment/messages"]);
  expect([one.code, one.stdout]).toEqual([0, expect.stringContaining("no findings, 1 accepted\n")]);
  const other = await check(["k8s", "--accept", "SM001=deployment/api"]);
  expect([other.code, other.stdout]).toEqual([
    1,
    expect.stringContaining("note: --accept SM001=deployment/api: there is no such finding any more"),
  ]);
  const cwd = tempDir({ ...files, "sluice.yaml": "accept: [SM001, SA023]\n" });
  expect((await check(["k8s"], { cwd })).code).toBe(0);
  const unknown = await check(["k8s", "--accept", "SM999"]);
  expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining("SL2073")]);
});

test("sluice.dev/check-ignore: left out and counted; wrong or not needed: a finding", async () => {
  const ignoring = async (value: string, name = "recreate-behind-gate.bad.yaml") => {
    const text = example(name).replace(
      /^ {2}name: (messages|api)$/m,
      `  name: $1\n  annotations:\n    sluice.dev/check-ignore: ${value}`,
    );
    const { code, stdout } = await check(["-", "-o", "json"], { input: text });
    const report = JSON.parse(stdout);
    const of = (list: { code: string; line: number; message: string }[]) =>
      list.map((finding) => `${finding.code} ${finding.line} ${finding.message}`);
    return { code, findings: of(report.findings), ignored: report.ignored };
  };
  const left = await ignoring("SM001 nobody waits for an answer");
  expect(left).toMatchObject({ code: 0, findings: [] });
  expect(left.ignored).toMatchObject([{ code: "SM001", reason: "nobody waits for an answer" }]);
  expect((await ignoring("SM001")).findings).toEqual(["SM018 6 sluice.dev/check-ignore says no reason"]);
  expect((await ignoring("SM01 typing")).findings).toEqual([
    expect.stringMatching(/^SM001 10 /),
    "SM018 6 sluice.dev/check-ignore names SM01, and there is no such rule",
  ]);
  expect((await ignoring("SM001,SM002 reason")).findings).toEqual([
    "SM018 6 sluice.dev/check-ignore names SM002, and there is no such finding (any more)",
  ]);
  // A rule that had nothing to look with is not called unneeded.
  expect((await ignoring("SM001,SM005,SM009 reason")).findings).toEqual([]);
});

test("--helm-timeout", async () => {
  const input = example("short-helm-timeout.bad.yaml");
  expect((await check(["-"], { input })).code).toBe(0);
  expect((await check(["-", "--helm-timeout", "61m"], { input })).code).toBe(0);
  const short = await check(["-", "--helm-timeout", "59m"], { input });
  expect([short.code, short.stdout]).toEqual([1, expect.stringContaining("Helm gives up after 3540 s")]);
});

test("the guide shows what is printed", async () => {
  const guide = readFileSync(join(repository, "docs/guides/check.md"), "utf8");
  const [, file = "", block = "none"] =
    /^sluice check (\S+)\n```\n```text\n([\s\S]*?)^```$/m.exec(guide) ?? [];
  expect((await check([file])).stdout).toContain(block);
});

test("a namespace in the environment alone does not ask the cluster", async () => {
  expect((await check(["good"], { env: { SLUICE_NAMESPACE: "shop" } })).code).toBe(0);
});
