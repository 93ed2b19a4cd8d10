import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, lstatSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { findServer } from "../src/rehearse/binaries.ts";
import { packageName } from "../src/rehearse/npm-binaries.ts";
import { childrenOf, isRunning, waitUntilGone } from "../src/rehearse/processes.ts";
import { type Server, startServer } from "../src/rehearse/server.ts";
import { eventually } from "./support/eventually.ts";
import { repository } from "./support/executable.ts";
import { failureOf } from "./support/failure.ts";
import {
  connect,
  describeEachMajor,
  ownServer,
  query,
  testDatabase,
  testServer,
} from "./support/postgres.ts";
import { startProgram } from "./support/run.ts";
import { tempDir } from "./support/temp.ts";

setDefaultTimeout(60_000);
const asRoot = process.getuid?.() === 0;

/** A folder for TMPDIR that the server's account may enter: empty again means that nothing was left behind. */
function sharedTemp(): string {
  const folder = tempDir();
  chmodSync(folder, 0o755);
  return folder;
}

function processesOf(server: Server): number[] {
  return [server.pid, ...childrenOf(server.pid)];
}

async function expectGone(pids: number[], folder: string): Promise<void> {
  expect(await waitUntilGone(pids, 10_000)).toBe(true);
  while (existsSync(folder)) await Bun.sleep(20); // the test's time limit ends it
}

describeEachMajor("a disposable server", (major) => {
  test("answers over TCP and its socket, and leaves nothing behind", async () => {
    const server = await ownServer({ major, settings: { log_line_prefix: "it's %m " } });
    const login = encodeURIComponent(server.password);
    const socket = `postgres://postgres:${login}@/postgres?host=${server.socketDir}&port=${server.port}`;
    for (const url of [server.url(), socket]) {
      const sql = "SELECT current_setting('server_version_num')::int / 10000 AS major";
      expect(await query(url, sql)).toEqual([{ major }]);
    }
    expect(await query(server.url(), "SHOW log_line_prefix")).toEqual([{ log_line_prefix: "it's %m " }]);
    const pids = processesOf(server);
    expect(pids.length).toBeGreaterThan(3);
    expect(isRunning(server.pid)).toBe(true);
    await server.stop();
    expect(pids.filter(isRunning)).toEqual([]);
    expect(existsSync(server.socketDir)).toBe(false);
    await server.stop(); // again: nothing to do
  });

  test("a wrong password is refused", async () => {
    const server = await testServer(major);
    expect(await failureOf(query(server.url("postgres", "postgres", "wrong"), "SELECT 1"))).toMatchObject({
      code: "28P01",
    });
  });

  test("survives a crash with what was committed, and leaves nothing behind after a second one", async () => {
    const server = await ownServer({ major });
    await query(server.url(), "CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)");
    const session = await connect(server.url());
    const lost = new Promise((resolve) => session.once("error", resolve));
    const [pid, before] = [server.pid, processesOf(server)];
    await server.kill();
    await lost;
    expect(before.filter(isRunning)).toEqual([]);
    await server.restart({ default_transaction_read_only: true });
    expect(server.pid).not.toBe(pid);
    expect(await query(server.url(), "SELECT n FROM kept")).toEqual([{ n: 1 }]);
    expect(await failureOf(query(server.url(), "INSERT INTO kept VALUES (2)"))).toMatchObject({
      code: "25006",
    });

    // A crash leaves a System V segment behind, too, which line 7 of postmaster.pid names.
    const line = readFileSync(join(server.dataDir, "postmaster.pid"), "utf8").split("\n")[6] ?? "";
    const segment = line.trim().split(/\s+/)[1] ?? "";
    await server.kill();
    expect(segments()).toContain(segment);
    await server.stop();
    expect(segments()).not.toContain(segment);
  });
});

/** The System V shared memory segments of the machine, by their numbers. */
function segments(): string[] {
  const { stdout } = spawnSync("ipcs", ["-m"], { encoding: "utf8" });
  return stdout.split("\n").map((line) => line.trim().split(/\s+/)[1] ?? "");
}

test("two servers of one major at once", async () => {
  const [one, two] = await Promise.all([ownServer({ major: 18 }), ownServer({ major: 18 })]);
  expect(one.port).not.toBe(two.port);
  await one.stop();
  expect(await query(two.url(), "SELECT 1 AS n")).toEqual([{ n: 1 }]);
});

test("each test has a database of its own", async () => {
  const [one, two] = await Promise.all([testDatabase(), testDatabase()]);
  expect(one.name).not.toBe(two.name);
  await one.query("CREATE TABLE t (n int)");
  expect(await two.query("SELECT to_regclass('t') AS t")).toEqual([{ t: null }]);
  await one.drop();
  expect(await failureOf(one.query("SELECT 1"))).toMatchObject({ code: "3D000" });
});

test("no password is needed with trust", async () => {
  const server = await ownServer({ auth: "trust" });
  expect(await query(server.url("postgres", "postgres", ""), "SELECT 1 AS n")).toEqual([{ n: 1 }]);
});

test("TLS with the certificate given", async () => {
  const folder = tempDir();
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const made = spawnSync("openssl", [...request, ...subject, "-days", "2", "-keyout", key, "-out", cert]);
  expect(made.status).toBe(0);
  const server = await ownServer({ tls: { cert, key } });
  const url = `${server.url()}?sslmode=verify-full&sslrootcert=${cert}`;
  const sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
  expect(await query(url, sql)).toEqual([{ ssl: true }]);
});

describe("a start that fails", () => {
  test("says why with the server's own words, and leaves nothing behind", async () => {
    const temp = sharedTemp();
    const before = process.env.TMPDIR;
    process.env.TMPDIR = temp;
    try {
      const failed = startServer({ settings: { no_such_setting: 1 } });
      const error = await failed.catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: "SL6003", exit: 69 });
      expect((error as { notes: string[] }).notes.join("\n")).toContain("no_such_setting");
      expect(readdirSync(temp)).toEqual([]);
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
  });

  test("on a port that is taken", async () => {
    const { port } = await testServer();
    expect(await failureOf(startServer({ port }))).toMatchObject({ code: "SL6003" });
  });
});

describe("an npm package", () => {
  /** A copy as `npm ci --ignore-scripts` leaves it: without the links of the postinstall script. */
  function packageWithoutLinks(mode: number): string {
    const project = tempDir();
    const from = join(findServer({ major: 18 }).bin, "..", "..");
    const to = join(project, "node_modules", packageName);
    cpSync(from, to, { recursive: true, filter: (path) => !lstatSync(path).isSymbolicLink() });
    chmodSync(project, mode);
    return project;
  }

  test("whose links are missing works, and is left as it was", async () => {
    const project = packageWithoutLinks(0o755);
    const server = await ownServer({ near: [project], major: 18 });
    expect(server.origin).toContain("npm package");
    expect(await query(server.url(), "SELECT 1 AS n")).toEqual([{ n: 1 }]);
    const lib = join(project, "node_modules", packageName, "native", "lib");
    expect(readdirSync(lib).filter((name) => lstatSync(join(lib, name)).isSymbolicLink())).toEqual([]);
  });

  test.if(asRoot)("works as root in a folder that nobody else can enter", async () => {
    const server = await ownServer({ near: [packageWithoutLinks(0o700)], major: 18 });
    expect(await query(server.url(), "SELECT 1 AS n")).toEqual([{ n: 1 }]);
  });
});

describe("the end of the program", () => {
  const bun = process.execPath;
  const parent = join(repository, "test", "support", "parent.ts");

  test("by SIGKILL ends the server and removes its folder", async () => {
    const program = await startProgram(bun, [parent, "18", "wait"], { cwd: repository });
    const { pid, folder } = JSON.parse((await program.waitForOutput(/^\{.*\}$/m))[0]);
    const pids = [pid, ...childrenOf(pid)];
    expect(isRunning(pid)).toBe(true);
    program.kill("SIGKILL");
    await expectGone(pids, folder);
  });

  test("by SIGKILL during initdb removes the folder", async () => {
    const temp = sharedTemp();
    const program = await startProgram(bun, [parent, "18", "initdb"], {
      cwd: repository,
      env: { TMPDIR: temp },
    });
    const { signal, stdout } = await program.done;
    expect([signal, stdout]).toEqual(["SIGKILL", ""]);
    await eventually(() => readdirSync(temp).length === 0 || undefined, "no folder");
    await eventually(() => spawnSync("pgrep", ["-f", temp]).status === 1 || undefined, "no process");
  });

  test("without a stop leaves nothing behind", async () => {
    const program = await startProgram(bun, [parent, "13", "exit"], { cwd: repository });
    const { code, stdout, stderr } = await program.done;
    expect([code, stderr]).toEqual([0, ""]);
    const { pid, folder } = JSON.parse(stdout);
    expect(isRunning(pid)).toBe(false);
    expect(existsSync(folder)).toBe(false);
  });

  test("a compiled executable finds the packages beside itself", async () => {
    const project = tempDir();
    symlinkSync(join(repository, "node_modules"), join(project, "node_modules"));
    const file = join(project, "dist", "parent");
    const built = spawnSync(bun, ["build", "--compile", parent, "--outfile", file], { cwd: repository });
    expect(built.status).toBe(0);
    const { code, stdout } = await (await startProgram(file, ["18", "exit"], { cwd: "/" })).done;
    expect(code).toBe(0);
    const { origin, folder } = JSON.parse(stdout);
    expect(origin).toBe(`npm package ${packageName}`);
    expect(existsSync(folder)).toBe(false);
  });
});

test("a program under test gets a clean environment", async () => {
  process.env.PGHOST = "elsewhere";
  try {
    const { stdout } = await (await startProgram("/usr/bin/env", [], { env: { GIVEN: "1" } })).done;
    const names = stdout
      .trim()
      .split("\n")
      .map((line) => line.split("=")[0] ?? "");
    expect(names).toContain("GIVEN");
    expect(names.filter((name) => !["PATH", "HOME", "LANG", "TMPDIR", "GIVEN"].includes(name))).toEqual([]);
  } finally {
    delete process.env.PGHOST;
  }
});
