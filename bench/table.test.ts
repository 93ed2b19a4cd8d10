import { expect, test } from "bun:test";
import { formatMiB, formatMs, renderTable } from "./table.ts";

test("a table is aligned Markdown", () => {
  const table = {
    columns: ["tool", "median ms"],
    rows: [
      ["sluice", "9.10"],
      ["golang-migrate", "1,234"],
    ],
  };
  expect(renderTable(table)).toBe(
    [
      "| tool           | median ms |",
      "| -------------- | --------: |",
      "| sluice         |      9.10 |",
      "| golang-migrate |     1,234 |",
    ].join("\n"),
  );
});

test("figures have the decimals that they are worth", () => {
  expect([4.306, 21.44, 210.6, 2108.4].map(formatMs)).toEqual(["4.31", "21.4", "211", "2,108"]);
  expect([formatMiB(12.34), formatMiB(undefined), formatMiB(Number.NaN)]).toEqual(["12.3", "-", "-"]);
});
