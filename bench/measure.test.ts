import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failureOf } from "../test/support/failure.ts";
import { hasTime, type MeasureOptions, measure } from "./measure.ts";
import { runProcess } from "./process.ts";

async function withScratch(body: (options: MeasureOptions) => Promise<void>): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), "sluice-bench-test-"));
  try {
    await body({ scratch, memory: false, signal: new AbortController().signal });
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

test.if(hasTime())("the peak is the child's own, not that of this program", async () => {
  const large = Buffer.alloc(100 * 1024 * 1024, 1);
  await withScratch(async (options) => {
    const { peakMiB } = await measure({ argv: ["/bin/true"] }, { ...options, memory: true });
    expect(peakMiB).toBeGreaterThan(0.1);
    expect(peakMiB).toBeLessThan(20);
  });
  expect(large.length).toBeGreaterThan(0);
});

test("a command that fails is an error with its output, and no figure", async () => {
  await withScratch(async (options) => {
    const command = { argv: ["/bin/sh", "-c", "echo no such table; exit 3"] };
    expect((await failureOf(measure(command, options))).message).toMatch(/exit status 3\nno such table/);
  });
});

test("an abort ends what runs", async () => {
  await withScratch(async (options) => {
    const control = new AbortController();
    const running = measure({ argv: ["/bin/sleep", "60"] }, { ...options, signal: control.signal });
    control.abort(new Error("interrupted"));
    expect((await failureOf(running)).message).toContain("interrupted");
  });
});

test("a process that takes too long is ended with what it started, and that is a failure", async () => {
  await withScratch(async (options) => {
    const command = { argv: ["/bin/sh", "-c", "echo begun; sleep 60; echo never"] };
    const { failure, said } = await runProcess(command, { ...options, limitMs: 300 });
    expect([failure, said]).toEqual(["SIGKILL", "begun"]);
  });
});
