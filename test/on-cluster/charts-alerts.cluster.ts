import { beforeAll, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments, stringify } from "yaml";
import { ensureBuilt } from "../cluster/build.ts";
import { tempDir } from "../support/temp.ts";

const root = join(import.meta.dirname, "..", "..");
const charts = join(root, "test", "charts");
const golden = readFileSync(join(charts, "golden", "alerts.yaml"), "utf8");
const spec = parseAllDocuments(golden)
  .map((document) => document.toJS())
  .find((manifest) => manifest?.kind === "PrometheusRule")?.spec;

let promtool: string;
beforeAll(async () => {
  promtool = (await ensureBuilt(["promtool"]))("promtool");
}, 1_200_000);

test("the alerts come, and only those, of what kube-state-metrics says", () => {
  const folder = tempDir({
    "rules.yaml": stringify(spec),
    "test.yaml": readFileSync(join(charts, "alerts.yaml"), "utf8"),
  });
  const run = (args: string[]) =>
    execFileSync(promtool, args, { cwd: folder, encoding: "utf8", stdio: "pipe" });
  expect(run(["check", "rules", "rules.yaml"])).toContain("SUCCESS: 4 rules found");
  expect(run(["test", "rules", "test.yaml"])).toContain("SUCCESS");
});

test("each alert has its page", () => {
  for (const { alert, annotations } of spec.groups[0].rules) {
    expect(annotations.runbook_url).toBe(`docs/runbooks/${alert}.md`);
    expect([alert, existsSync(join(root, annotations.runbook_url))]).toEqual([alert, true]);
  }
});
