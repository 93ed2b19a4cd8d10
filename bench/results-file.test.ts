import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { partOf, replacePart, replaceResults, withPart } from "./results-file.ts";

const part = "## Chaos\n\n1000 faults\n\n### By kind\n\n- 5 kill -9\n";
const before = "# Benchmark results\n\n## Memory\n\n20 MiB\n";

test("the part is added at the end, found again, and replaced where it stands", () => {
  const added = withPart(before, part);
  expect(added).toBe(`${before}\n${part}`);
  expect(partOf(added, "## Chaos")).toBe(part);
  const middle = `${added}\n## Splitting\n\n1 MB\n`;
  expect(partOf(middle, "## Chaos")).toBe(part);
  expect(withPart(middle, "## Chaos\n\nnew\n")).toBe(`${before}\n## Chaos\n\nnew\n\n## Splitting\n\n1 MB\n`);
  expect(partOf("## Chaos and more\n", "## Chaos")).toBeUndefined();
  expect(withPart(part, "## Chaos\nnew")).toBe("## Chaos\nnew\n");
});

test("each writer leaves the other's part as it is", () => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-bench-test-"));
  try {
    const file = join(folder, "RESULTS.md");
    replacePart(file, part);
    expect(readFileSync(file, "utf8")).toBe(`# Benchmark results\n\n${part}`);
    replaceResults(file, before);
    expect(readFileSync(file, "utf8")).toBe(`${before}\n${part}`);
    replacePart(file, "## Chaos\n\n7 faults\n");
    replaceResults(file, "# Benchmark results\n\nnewer\n");
    expect(readFileSync(file, "utf8")).toBe("# Benchmark results\n\nnewer\n\n## Chaos\n\n7 faults\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
