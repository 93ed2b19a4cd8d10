import { expect, test } from "bun:test";
import { setTimeout as sleep } from "node:timers/promises";
import { standstillSince } from "./standstill.ts";

test("a process that is busy stands still, while it is and afterwards", async () => {
  const begin = performance.now();
  while (performance.now() - begin < 300);
  const during = standstillSince(begin);
  expect(during).toBeGreaterThan(200);
  expect(during).toBeLessThanOrEqual(performance.now() - begin);
  await sleep(100);
  expect(standstillSince(begin)).toBeGreaterThan(200);
  expect(standstillSince(performance.now())).toBeLessThan(10);
});

test("one that waits does not", async () => {
  // On a machine that does stand still, one of many times at least is quiet.
  const counted = [];
  do {
    const begin = performance.now();
    await sleep(300);
    counted.push(standstillSince(begin));
  } while (counted.length < 50 && Math.min(...counted) > 50);
  expect(Math.min(...counted)).toBeLessThanOrEqual(50);
});
