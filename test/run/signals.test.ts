import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { runSluice } from "../support/run.ts";
import { killAll, place, processesWith } from "./fixture.ts";

const wait = "while :; do sleep 0.05; done";

test.each([
  ["SIGTERM", "TERM", 143],
  ["SIGINT", "INT", 130],
] as const)(
  "%s is forwarded, the command may end in its own way, and the run is repeated",
  async (name, trap, code) => {
    const p = await place();
    // Many programs end with 0 when they obey: that does not make them done.
    const script = `trap 'echo cleaning up; exit 0' ${trap}; echo ready; ${wait}`;
    const running = await p.start(["--id", "r", "--", "sh", "-c", script]);
    await running.waitForOutput(/^ready$/m);
    running.kill(name);
    const end = await running.done;
    expect([end.code, end.stdout]).toEqual([code, "ready\ncleaning up\n"]);
    expect(await p.row("r")).toMatchObject({
      state: "running",
      exit_status: 0,
      error: expect.stringContaining("interrupted"),
    });
    const gate = await runSluice(["wait", "run/r", "--timeout", "5s", "--fail-fast"], {
      env: { SLUICE_URL: p.db.url },
    });
    expect([gate.code, gate.stderr]).toEqual([124, expect.stringContaining("has to be repeated")]);
    expect((await p.run(["--id", "r", "--", "true"])).code).toBe(0);
  },
);

test("a command that does not end within --grace is killed with all of its group", async () => {
  const p = await place();
  const marker = "63.1410";
  try {
    const script = `trap '' TERM; (sleep ${marker}; true) & echo ready; ${wait}`;
    const running = await p.start(["--id", "r", "--grace", "300ms", "--", "sh", "-c", script]);
    await running.waitForOutput(/^ready$/m);
    await eventually(() => processesWith(`sleep\0${marker}`)[0], "the sleeper");
    running.kill("SIGTERM");
    const asked = performance.now();
    expect((await running.done).code).toBe(143);
    expect(performance.now() - asked).toBeGreaterThan(250);
    expect(performance.now() - asked).toBeLessThan(30_000);
    expect(processesWith(marker)).toEqual([]);
    expect((await p.row("r"))?.error).toContain("SIGKILL (137)");
  } finally {
    killAll(marker);
  }
});

test("what a shell left behind when it died of the signal has the rest of --grace", async () => {
  const p = await place();
  // The shell dies at once; its child needs a while to end well.
  const child = `trap 'sleep 0.7; echo saved >> log; exit 0' TERM; echo ready; ${wait}`;
  const running = await p.start(["--id", "r", "--", "sh", "-c", `sh -c "${child}" & wait`]);
  await running.waitForOutput(/^ready$/m);
  running.kill("SIGTERM");
  expect((await running.done).code).toBe(143);
  expect(readFileSync(join(p.dir, "log"), "utf8")).toBe("saved\n");
});

test("a second signal ends Sluice and the command at once", async () => {
  const p = await place();
  const marker = "63.2720";
  try {
    const script = `trap '' TERM; (trap '' TERM; sleep ${marker}; true) & echo ready; ${wait}`;
    const running = await p.start(["--id", "r", "--grace", "10m", "--", "sh", "-c", script]);
    await running.waitForOutput(/^ready$/m);
    await eventually(() => processesWith(`sleep\0${marker}`)[0], "the sleeper");
    running.kill("SIGTERM");
    running.kill("SIGINT"); // the same one twice could arrive as one
    expect([130, 143]).toContain((await running.done).code as number);
    await eventually(() => (processesWith(marker).length === 0 ? true : undefined), "all gone");
  } finally {
    killAll(marker);
  }
});

test("other signals are passed on and end nothing", async () => {
  const p = await place();
  const script = `trap 'echo usr1' USR1; trap 'echo hup; exit 0' HUP; echo ready; ${wait}`;
  const running = await p.start(["--id", "r", "--", "sh", "-c", script]);
  await running.waitForOutput(/^ready$/m);
  running.kill("SIGUSR1");
  await running.waitForOutput(/^usr1$/m);
  running.kill("SIGHUP");
  expect((await running.done).code).toBe(0);
  expect(running.stdout).toBe("ready\nusr1\nhup\n");
  expect(await p.row("r")).toMatchObject({ state: "applied" });
});
