import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cleanUpAfter } from "../support/cleanup.ts";
import { failureOf } from "../support/failure.ts";
import { tempDir } from "../support/temp.ts";
import { killDaemon, pidOf, startDaemon, stopDaemon } from "./processes.ts";

test("a daemon is started once and ended; a pid that is used again is not taken for it", async () => {
  const daemon = { stateDir: tempDir(), name: "sleeper" };
  cleanUpAfter(() => killDaemon(daemon));
  const program = { file: "sleep", args: ["600"] };
  const pid = await startDaemon(daemon, program);
  expect(await startDaemon(daemon, program)).toBe(pid);
  expect(pidOf(daemon)).toBe(pid);
  const file = join(daemon.stateDir, "sleeper.pid");
  const written = readFileSync(file, "utf8");
  writeFileSync(file, written.replace(/ \d+ /, " 1 ")); // another start time
  expect(pidOf(daemon)).toBeUndefined();
  writeFileSync(file, written.replace(/ \S+\n/, " another-boot\n"));
  expect(pidOf(daemon)).toBeUndefined();
  writeFileSync(file, written);
  await stopDaemon(daemon);
  expect(pidOf(daemon)).toBeUndefined();
});

test("a file that is none ends in its error", async () => {
  const daemon = { stateDir: tempDir(), name: "missing" };
  expect((await failureOf(startDaemon(daemon, { file: "/does/not/exist", args: [] }))).message).toContain(
    "ENOENT",
  );
});
