import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { describeEachMajor } from "../support/postgres.ts";
import { runSluice } from "../support/run.ts";
import { standstillSince } from "../support/standstill.ts";
import { killAll, place, processesWith } from "./fixture.ts";

/** Waits for a file before it ends, so that a test decides how long it runs. */
const untilGo = (more = "") => [
  "sh",
  "-c",
  `echo began; echo x >> log; ${more} while [ ! -e go ]; do sleep 0.05; done; echo ended`,
];
const holders = `select pid, query from pg_stat_activity where application_name like 'sluice:%'
  and datname = current_database() and pid in (select pid from pg_locks where locktype = 'advisory' and granted)`;

describeEachMajor("the lock around a command", (major) => {
  test("five at once: one starts it, the others find it done", async () => {
    const p = await place(major);
    const runs = await Promise.all(
      Array.from({ length: 5 }, () => p.start(["--id", "r", "--", ...untilGo()])),
    );
    await Promise.any(runs.map((one) => one.waitForOutput(/^began$/m)));
    const started = runs.find((one) => one.stdout !== "");
    for (const one of runs) {
      if (one === started) continue;
      // Whoever looks sees what runs, not Sluice's own bookkeeping.
      await one.waitForOutput(
        /waiting for the runner lock, held by pid \d+ \(sluice:.*last statement: run r: sh -c/,
      );
    }
    writeFileSync(join(p.dir, "go"), "");
    const ends = await Promise.all(runs.map((one) => one.done));
    expect(ends.map((one) => [one.code, one.code === 0 ? "" : one.stderr])).toEqual(Array(5).fill([0, ""]));
    expect(readFileSync(join(p.dir, "log"), "utf8")).toBe("x\n");
    expect(ends.filter((one) => one.stderr.includes("done already"))).toHaveLength(4);
    expect((await runSluice(["wait", "run/r"], { env: { SLUICE_URL: p.db.url } })).code).toBe(0);
  });

  test("also around a one-off command, and against migrate", async () => {
    const p = await place(major, { "m/1_t.sql": "create table t ();" });
    const running = await p.start(["--no-record", "--", ...untilGo()]);
    await running.waitForOutput(/^began$/m);
    const other = await p.run(["--no-record", "--lock-wait", "200ms", "--", "touch", "never"]);
    expect([other.code, other.stderr]).toEqual([75, expect.stringContaining("SL4031")]);
    const migrate = ["migrate", "--dir", join(p.dir, "m"), "--lock-wait", "200ms"];
    expect((await runSluice(migrate, { env: { SLUICE_URL: p.db.url } })).code).toBe(75);
    writeFileSync(join(p.dir, "go"), "");
    expect((await running.done).code).toBe(0);
    expect((await runSluice(migrate, { env: { SLUICE_URL: p.db.url } })).code).toBe(0);
  });

  test("its end ends the command and all that it started at once", async () => {
    const p = await place(major);
    const marker = `61.${p.db.name.replaceAll("_", "")}`.replace("test", "");
    const running = await p.start([
      "--id",
      "r",
      "--",
      ...untilGo(`trap '' TERM; sleep ${marker} & setsid sleep ${marker} &`),
    ]);
    await running.waitForOutput(/^began$/m);
    await eventually(
      () => (processesWith(`sleep\0${marker}`).length === 2 ? true : undefined),
      "two sleepers",
    );
    const { pid } = await p.until(holders);
    await p.db.query("select pg_terminate_backend($1)", [pid]);
    const end = await running.done;
    expect([end.code, end.stderr]).toEqual([
      69,
      expect.stringMatching(/was lost; ending the command\n[\s\S]*SL4212/),
    ]);
    expect(processesWith(marker)).toEqual([]);
    // At least once: it did not end, so the next one starts it again.
    expect(await p.row("r")).toMatchObject({ state: "running", error: null });
    writeFileSync(join(p.dir, "go"), "");
    const next = await p.run(["--id", "r", "--", ...untilGo()]);
    expect([next.code, next.stderr]).toEqual([
      0,
      expect.stringContaining("did not finish (its end is not recorded)"),
    ]);
    expect(await p.row("r")).toMatchObject({ state: "applied" });
  });
});

test("SIGKILL of Sluice ends the command, its children and its daemons within 2 s", async () => {
  const p = await place();
  const marker = "62.5150";
  for (const executable of [false, true]) {
    try {
      const script = `sh -c 'sleep ${marker}; true' & setsid sh -c 'sleep ${marker}; true' & sleep ${marker}; true`;
      const running = await p.start(["--id", "r", "--", "sh", "-c", script], { executable });
      await eventually(
        () => (processesWith(`sleep\0${marker}`).length === 3 ? true : undefined),
        "three sleepers",
      );
      running.kill("SIGKILL");
      const killed = performance.now();
      await running.done;
      await eventually(() => (processesWith(marker).length === 0 ? true : undefined), "all gone");
      expect(performance.now() - killed).toBeLessThan(2_000 + standstillSince(killed));
    } finally {
      killAll(marker);
    }
  }
  // Left running by a crash: started again, under the lock.
  expect(await p.row("r")).toMatchObject({ state: "running" });
  const next = await p.run(["--id", "r", "--", "true"]);
  expect([next.code, next.stderr]).toEqual([0, expect.stringContaining("it is started again")]);
});

test("a watcher that is killed is replaced", async () => {
  const p = await place();
  const marker = "62.7310";
  try {
    const running = await p.start(["--id", "r", "--", "sh", "-c", `sleep ${marker}; true`]);
    await eventually(() => processesWith(`sleep\0${marker}`)[0], "the command");
    const watchers = () => processesWith("WATCHED_MARK").filter((pid) => parentOf(pid) === running.pid);
    const first = await eventually(() => watchers()[0], "a watcher");
    process.kill(first, "SIGKILL");
    await eventually(() => watchers().find((pid) => pid !== first), "another watcher");
    running.kill("SIGKILL");
    await running.done;
    await eventually(() => (processesWith(marker).length === 0 ? true : undefined), "all gone");
  } finally {
    killAll(marker);
  }
});

/** Undefined where the process has just ended. */
function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}

test("a command that ended well while the lock was lost is recorded over a new connection", async () => {
  const p = await place();
  const running = await p.start(["--id", "r", "--", ...untilGo()]);
  await running.waitForOutput(/^began$/m);
  const { pid } = await p.until(holders);
  const [command = 0] = childrenOf(running.pid).filter(
    (child) => processesWith("-e\0").includes(child) === false,
  );
  // Frozen, Sluice learns of both ends at once.
  running.kill("SIGSTOP");
  writeFileSync(join(p.dir, "go"), "");
  await eventually(() => (stateOf(command) === "Z" ? true : undefined), "the end of the command");
  await p.db.query("select pg_terminate_backend($1)", [pid]);
  running.kill("SIGCONT");
  const { code, stderr } = await running.done;
  expect([code, stderr]).toEqual([0, expect.stringContaining("connecting again")]);
  expect(await p.row("r")).toMatchObject({ state: "applied", exit_status: 0 });
});

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").split(" ").filter(Boolean).map(Number);
}

function stateOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  return stat.slice(stat.lastIndexOf(")") + 2)[0] as string;
}

test("with a lease: who was frozen and taken over ends its command and records nothing", async () => {
  const p = await place();
  const lease = ["--id", "r", "--lock", "lease", "--lease", "3s"];
  const marker = "64.1230";
  try {
    const frozen = await p.start([...lease, "--", "sh", "-c", `echo began; sleep ${marker}; true`]);
    await frozen.waitForOutput(/^began$/m);
    frozen.kill("SIGSTOP");
    const other = await p.run([...lease, "--", "true"]);
    expect([other.code, other.stderr]).toEqual([0, expect.stringContaining("it is started again")]);
    const row = await p.row("r");
    expect(row).toMatchObject({ state: "applied", name: "true" });
    expect(processesWith(marker)).not.toEqual([]);
    frozen.kill("SIGCONT");
    const end = await frozen.done;
    expect([end.code, end.stderr]).toEqual([69, expect.stringMatching(/SL4212: .*taken the lease over/)]);
    expect(processesWith(marker)).toEqual([]);
    expect(await p.row("r")).toEqual(row as object);
  } finally {
    killAll(marker);
  }
});

test("a role that waits for the lock does not hold a snapshot or a transaction", async () => {
  const p = await place();
  const running = await p.start(["--id", "r", "--", ...untilGo()]);
  await running.waitForOutput(/^began$/m);
  // Now and then it asks whether its session is still there.
  await p.until(`select 1 from pg_stat_activity
    where application_name like 'sluice:%' and datname = current_database()
    having count(*) = 1 and bool_and(state = 'idle' and backend_xmin is null and xact_start is null)`);
  writeFileSync(join(p.dir, "go"), "");
  expect((await running.done).code).toBe(0);
});
