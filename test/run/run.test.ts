import { expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeEachMajor } from "../support/postgres.ts";
import { place } from "./fixture.ts";

const append = (file: string) => ["--", "sh", "-c", `echo once >> ${file}; echo out; echo err >&2`];

describeEachMajor("sluice run", (major) => {
  test("starts the command, passes its output on and records how it ended", async () => {
    const p = await place(major);
    const first = await p.run(["--id", "r1", ...append("log")], { env: { SLUICE_POD: "pod-1" } });
    expect([first.code, first.stdout]).toEqual([0, "out\n"]);
    expect(first.stderr).toMatch(/^run r1: starting sh -c .*\nerr\nrun r1: done in \S+\n$/);
    expect(await p.row("r1")).toMatchObject({
      name: "sh -c 'echo once >> log; echo out; echo err >&2'",
      state: "applied",
      exit_status: 0,
      error: null,
      checksum: null,
      pod: "pod-1",
    });
    const { duration_ms, output, started_at, finished_at } = (await p.row("r1")) as Record<string, never>;
    expect(Number(duration_ms)).toBeGreaterThan(0);
    expect(Number(duration_ms)).toBeLessThan(10_000);
    expect(String(output).split("\n").sort()).toEqual(["", "err", "out"]);
    expect(Number(finished_at)).toBeGreaterThanOrEqual(Number(started_at));
    const locks =
      "select from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())";
    expect(await p.db.query(locks)).toEqual([]);
  });

  test("starts an ID that is done only with --always, another one at once", async () => {
    const p = await place(major);
    const log = () => readFileSync(join(p.dir, "log"), "utf8").split("\n").length - 1;
    expect((await p.run(["--id", "r1", ...append("log")])).code).toBe(0);
    const again = await p.run(["--id", "r1", ...append("log")]);
    expect([again.code, again.stdout, log()]).toEqual([0, "", 1]);
    expect(again.stderr).toMatch(/^run r1: done already at 20\S+Z; not started\n$/);
    expect((await p.run(["--id", "r1", "--always", ...append("log")])).code).toBe(0);
    expect((await p.run(["--id", "r2", ...append("log")])).code).toBe(0);
    expect(log()).toBe(3);
  });

  test("that fails ends with 4, keeps the reason, and is started again", async () => {
    const p = await place(major);
    const command = ["--", "sh", "-c", "echo no space; test -e ok || exit 7"];
    const failed = await p.run(["--id", "r1", "--retry-on", "75,8", ...command]);
    expect([failed.code, failed.stdout]).toEqual([4, "no space\n"]);
    expect(failed.stderr).toMatch(/error SL4210: sh -c .* ended with exit status 7: no space\n/);
    expect(await p.row("r1")).toMatchObject({
      state: "failed",
      exit_status: 7,
      error: "ended with exit status 7",
    });
    writeFileSync(join(p.dir, "ok"), "");
    expect((await p.run(["--id", "r1", ...command])).code).toBe(0);
    expect(await p.row("r1")).toMatchObject({ state: "applied", exit_status: 0, error: null });
  });

  test("gives 75 for the statuses of --retry-on, also for that of a signal", async () => {
    const p = await place(major);
    for (const [codes, script, status] of [
      [["--retry-on", "9,75"], "exit 75", 75],
      [["--retry-on", "9", "--retry-on", "137"], "kill -KILL $$", 137],
    ] as const) {
      const { code, stderr } = await p.run(["--id", `r${status}`, ...codes, "--", "sh", "-c", script]);
      expect([code, stderr]).toEqual([75, expect.stringContaining("error SL4211: ")]);
      // Not failed: the next run repeats it by itself.
      expect(await p.row(`r${status}`)).toMatchObject({ state: "running", exit_status: status });
    }
    const { code, stderr } = await p.run(["--id", "r137", "--", "sh", "-c", "kill -KILL $$"]);
    expect([code, stderr]).toEqual([4, expect.stringMatching(/was ended by SIGKILL \(137\)/)]);
  });

  test("records nothing with --no-record, and makes no table", async () => {
    const p = await place(major);
    for (let round = 0; round < 2; round++) {
      const { code, stdout } = await p.run(["--no-record", ...append("log")]);
      expect([code, stdout]).toEqual([0, "out\n"]);
    }
    expect(readFileSync(join(p.dir, "log"), "utf8")).toBe("once\nonce\n");
    expect(await p.db.query("select to_regclass('sluice_history') t")).toEqual([{ t: null }]);
  });
});

test("a command that cannot be started is exit 2, says why, and is recorded", async () => {
  const p = await place(18, { script: "#!/no/such/interpreter\n", plain: "x" });
  const missing = await p.run(["--id", "a", "--", "no-such-program", "x"]);
  expect([missing.code, missing.stderr]).toEqual([
    2,
    expect.stringMatching(/SL4202: no-such-program .*ENOENT/),
  ]);
  expect(await p.row("a")).toMatchObject({ state: "failed", exit_status: null });
  const plain = await p.run(["--id", "b", "--", "./plain"]);
  expect([plain.code, plain.stderr]).toEqual([2, expect.stringMatching(/SL4202: \.\/plain .*EACCES/)]);
  const interpreter = await p.run(["--id", "c", "--", "./script"]);
  expect([interpreter.code, interpreter.stderr]).toEqual([2, expect.stringContaining("SL4202")]);
});

test("what is wrong with the command line is exit 2 before anything happens", async () => {
  const p = await place();
  for (const [args, code, text] of [
    [["--", "true"], "SL4201", "another one for the next release|--fingerprint"],
    [["--id", "a b", "--", "true"], "SL4203", "a b"],
    [["--id", "a", "--fingerprint", ".", "--", "true"], "SL4204", ""],
    [["--fingerprint", "missing", "--", "true"], "SL4205", "missing: ENOENT"],
    [["--fingerprint", ".", "--", "true"], "SL4205", "there is no file in it"],
    [["--id", "a", "--retry-on", "0", "--", "true"], "SL4206", '"0"'],
    [["--id", "a", "--retry-on", "one", "--", "true"], "SL4206", '"one"'],
    [["--id", "a", "--retry-on", "256", "--", "true"], "SL4206", '"256"'],
    [["--id", "a"], "SL2006", "COMMAND"],
  ] as const) {
    const end = await p.run(args);
    expect([args, end.code, end.stderr]).toEqual([
      args,
      2,
      expect.stringMatching(new RegExp(`${code}: [\\s\\S]*${text}`)),
    ]);
  }
  expect(await p.db.query("select to_regclass('sluice_history') t")).toEqual([{ t: null }]);
});

test("--fingerprint makes the ID of command and files", async () => {
  const p = await place(18, { "m/1.sql": "a", "m/sub/2.sql": "b" });
  const run = async (...words: string[]) => {
    const { code, stdout } = await p.run(["-o", "json", "--fingerprint", "m", "--", "echo", ...words]);
    expect(code).toBe(0);
    return JSON.parse(stdout) as { id: string; started: boolean };
  };
  const first = await run("x");
  expect(first.id).toMatch(/^[0-9a-f]{20}$/);
  expect(first.started).toBe(true);
  expect((await p.row(first.id))?.checksum).toStartWith(first.id);
  expect(await run("x")).toMatchObject({ id: first.id, started: false });
  expect((await run("y")).started).toBe(true);
  writeFileSync(join(p.dir, "m/sub/2.sql"), "c");
  expect((await run("x")).started).toBe(true);
});

test("the command gets the environment as it is, its ID, and no standard input", async () => {
  const p = await place();
  const script = 'echo "$DATABASE_URL|$SLUICE_RUN_ID|$OWN"; read -r line || echo no input';
  const { stdout } = await p.run(["--id", "release/7", "--", "sh", "-c", script], {
    env: { DATABASE_URL: "postgres://app:pw@db/x", OWN: "a b" },
    input: "typed\n",
  });
  expect(stdout).toBe("postgres://app:pw@db/x|release/7|a b\nno input\n");
});

test("a process that the command leaves behind is ended before the lock is free", async () => {
  const p = await place();
  const { code, stderr, ms } = await p.run(["--id", "r", "--", "sh", "-c", "sleep 61.25 & exit 0"]);
  expect([code, stderr]).toEqual([0, expect.stringContaining("processes that it started still run")]);
  expect(ms).toBeLessThan(30_000);
});

test("--grant lets a role read the row but not the output, also when the run is done", async () => {
  const p = await place();
  const role = `reader_${p.db.name}`;
  await p.db.query(`create role ${role}`);
  expect((await p.run(["--id", "r", "--", "echo", "x"])).code).toBe(0);
  expect((await p.run(["--id", "r", "--grant", role, "--", "touch", "again"])).code).toBe(0);
  expect(existsSync(join(p.dir, "again"))).toBe(false);
  const rights =
    await p.db.query(`select has_column_privilege('${role}', 'sluice_history', 'error', 'select') e,
    has_column_privilege('${role}', 'sluice_history', 'output', 'select') o`);
  expect(rights).toEqual([{ e: true, o: false }]);
});
