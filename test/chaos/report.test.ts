import { expect, test } from "bun:test";
import { partOf } from "../../bench/results-file.ts";
import { type ChaosResult, renderChaos } from "./report.ts";

const good: ChaosResult = {
  date: new Date("2026-03-04T05:06:07Z"),
  args: "--kills 1000 --seed 7",
  seed: 7,
  crowds: 20,
  rounds: 61,
  starts: 900,
  gates: 122,
  seconds: 812.4,
  faults: { "SIGKILL of a runner": 600, "kill -9 of the server": 400 },
  wrong: [],
};

test("the part says what was run, what was done and how it ended, and is found again in the results file", () => {
  const text = renderChaos(good);
  expect(text).toContain("Run on 2026-03-04 by `npm run chaos -- --kills 1000 --seed 7`.");
  expect(text).toContain("- Outcome: Nothing lost, nothing doubled, no hand needed, no gate early.");
  expect(text).toContain("- 1000 faults in 61 rounds, seeds 7 to 67; 900 runs, 122 gates; 812 s");
  expect(text).toContain("| SIGKILL of a runner   |   600 |\n| kill -9 of the server |   400 |");
  expect(partOf(`# Benchmark results\n\n${text}\n## Other\n`, "## Chaos")).toBe(text);
});

test("a run in which something went wrong is not recorded as a good one", () => {
  const text = renderChaos({ ...good, wrong: [{ what: "Round 3", seed: 9, lines: ["a row is missing"] }] });
  expect(text).toContain("- Outcome: 1 round went wrong.");
  expect(text).not.toContain("Nothing lost");
  expect(text).toContain("### Round 3, seed 9\n\n```\na row is missing\n```");
});
