import { expect, test } from "bun:test";
import { splitGoal } from "./split-process.ts";

const heading = "shape              MB   first ms    best ms   statements";

test("the slowest first run of all shapes decides", () => {
  const output = `${heading}\ncomments         1.00       18.1       12.0        20408\none big string   1.00      101.5        1.0            1\n`;
  expect(splitGoal(output)).toMatchObject({ met: false, measured: "at most 101.5 ms, in the first run" });
  expect(splitGoal(output.replace("101.5", " 99.5")).met).toBe(true);
});

test("no figures are no success", () => {
  expect(splitGoal(heading).met).toBeUndefined();
  expect(splitGoal("").met).toBeUndefined();
});
