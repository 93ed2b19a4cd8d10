import { expect, test } from "bun:test";
import { endBackends, executing, lockIsFree, type Project, projectOn, versions } from "../migrate/fixture.ts";
import { failureOf } from "../support/failure.ts";
import { describeEachMajor } from "../support/postgres.ts";
import { runSluice } from "../support/run.ts";
import { type Shop, shop } from "./fixture.ts";

/**
 * A project whose URL is that of "login", a member of "owner" that inherits nothing: what `--role` must do without is
 * every right of the login itself.
 */
async function withOwner(
  major: number,
  files: Record<string, string>,
): Promise<{ s: Shop; p: Project; args: string[]; owner: string }> {
  const s = await shop(major, "owner", "login");
  const [owner, login] = [s.sql("owner"), s.sql("login")];
  await s.query(
    major >= 16
      ? `grant ${owner} to ${login} with inherit false`
      : `alter role ${login} noinherit; grant ${owner} to ${login}`,
  );
  await s.query(`revoke create on schema public from public; grant create on schema public to ${owner}`);
  const p = projectOn({ ...s.db, url: s.url("login") }, files);
  const name = await s.role("owner");
  return { s, p, args: ["--role", name], owner: name };
}

/** Owners of the tables in `public`. */
async function owners(s: Shop): Promise<Record<string, string>> {
  const rows = await s.query(
    "select tablename t, tableowner o from pg_tables where schemaname = 'public' order by 1",
  );
  return Object.fromEntries(rows.map(({ t, o }) => [t, o]));
}

describeEachMajor("--role", (major) => {
  test("objects and history belong to it; SET ROLE in a file ends with the file", async () => {
    const { s, p, args, owner } = await withOwner(major, {
      "1_a.sql": "create table a (n int);",
      "3_steps.sql":
        "create table c (n int);\ncreate index concurrently c_n on c (n);\ncreate table d (n int);",
    });
    const other = await s.role("other");
    await s.query(
      `grant ${s.sql("other")} to ${s.sql("login")}; grant create on schema public to ${s.sql("other")}`,
    );
    p.write({
      "2_b.sql": `set role ${s.sql("other")};\ncreate table b (n int);`,
      "4_none.sql": `-- sluice: transaction=off\nset role ${s.sql("other")};\ncreate table e (n int);\ncreate index concurrently e_n on e (n);`,
      "5_f.sql": "select current_user; create table f (n int);",
    });
    const { code, stderr } = await p.migrate(args);
    expect([code, stderr]).toEqual([0, expect.stringContaining("applied 5 f")]);
    expect(await owners(s)).toEqual({
      a: owner,
      b: other,
      c: owner,
      d: owner,
      e: other,
      f: owner,
      sluice_history: owner,
    });
    expect((await p.history()).map(({ account }) => account)).toEqual(Array(5).fill(await s.role("login")));
    // The same account without the role may not even read the history; with it nothing is pending.
    const without = await p.migrate([]);
    expect([without.code, without.stderr]).toEqual([2, expect.stringContaining("SL3053")]);
    const again = await p.migrate(args);
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining("Nothing to do")]);
  });

  test("status reads as the role where the login cannot; so do --dry-run and down", async () => {
    const { s, p, args } = await withOwner(major, {
      "1_a.sql": "create table a (n int);\n-- sluice:down\ndrop table a;",
      "2_b.sql": "create table b (n int);\n-- sluice:down\ndrop table b;",
    });
    expect((await p.migrate([...args, "--to", "1", "--grant", await s.role("app")])).code).toBe(0);
    const call = (command: string[], url = s.url("login")) =>
      runSluice([...command, "--dir", p.dir], { executable: true, env: { SLUICE_URL: url } });
    const status = await call(["status", ...args]);
    expect([status.code, status.stdout]).toEqual([0, expect.stringContaining("1 pending")]);
    // One that may read, and may not be the role, reads.
    expect(await call(["status", ...args], s.url("app"))).toMatchObject({ code: 0 });
    expect(await call(["status"])).toMatchObject({ code: 2, stderr: expect.stringContaining("SL3053") });
    const plan = await call(["migrate", "--dry-run", ...args]);
    expect([plan.code, plan.stdout]).toEqual([0, expect.stringContaining("create table b")]);
    expect((await p.migrate(args)).code).toBe(0);
    const dry = await call(["down", "--to", "1", "--dry-run", ...args]);
    expect([dry.code, dry.stdout]).toEqual([0, expect.stringContaining("drop table b")]);
    expect(await call(["down", "--steps", "1", ...args])).toMatchObject({ code: 0 });
    // From the script that the history keeps.
    const empty = runSluice(["down", "--to", "0", ...args, "--dir", projectOn(p.db, { "9_x.sql": "" }).dir], {
      executable: true,
      env: { SLUICE_URL: s.url("login") },
    });
    expect(await empty).toMatchObject({ code: 0 });
    expect(Object.keys(await owners(s))).toEqual(["sluice_history"]);
  });

  test("baseline, repair and run work as the role", async () => {
    const { s, p, args, owner } = await withOwner(major, { "1_a.sql": "select 1;", "2_b.sql": "select 2;" });
    const call = (...command: string[]) =>
      runSluice(command, { executable: true, env: { SLUICE_URL: s.url("login") } });
    expect(await call("baseline", "1", ...args, "--dir", p.dir)).toMatchObject({ code: 0 });
    expect(await call("repair", "applied", "2", "--yes", ...args, "--dir", p.dir)).toMatchObject({ code: 0 });
    expect(await call("run", "--id", "x", ...args, "--", "true")).toMatchObject({ code: 0 });
    expect(await call("run", "--id", "x", ...args, "--", "false")).toMatchObject({ code: 0 });
    expect(await owners(s)).toEqual({ sluice_history: owner });
    expect(await s.query("select kind, id, state from sluice_history order by 1")).toEqual([
      { kind: "baseline", id: "1", state: "applied" },
      { kind: "migration", id: "2", state: "applied" },
      { kind: "run", id: "x", state: "applied" },
    ]);
  });

  test("a killed run is gone on with as the role, and what its file had set with it", async () => {
    const { s, p, args, owner } = await withOwner(major, {});
    const other = await s.role("other");
    await s.query(
      `grant ${s.sql("other")} to ${s.sql("login")}; grant create on schema public to ${s.sql("other")}`,
    );
    const last = "create table c (n int);\ncreate index concurrently c_n on c (n);";
    p.write({
      "1_a.sql": `create table a (n int);\nset role ${s.sql("other")};\ncreate table b (n int);\nselect pg_sleep(600);\n${last}`,
    });
    const killed = await p.start(args);
    await p.until(executing("pg_sleep"));
    killed.kill("SIGKILL");
    await killed.done;
    await endBackends({ ...p, query: (sql) => s.query(sql) });
    p.write({
      "1_a.sql": `create table a (n int);\nset role ${s.sql("other")};\ncreate table b (n int);\n${last}`,
      "2_d.sql": "create table d (n int);",
    });
    const { code, stderr } = await p.migrate(args);
    expect([code, stderr]).toEqual([0, expect.stringContaining("applied 2 d")]);
    expect(await owners(s)).toEqual({ a: owner, b: other, c: other, d: owner, sluice_history: owner });
    expect(await versions(p)).toEqual(["1", "2"]);
  });

  test("a role that does not exist or may not be set: nothing is changed, the lock is free", async () => {
    const { s, p, owner } = await withOwner(major, { "1_a.sql": "create table a (n int);" });
    const as = (role: string, ...more: string[]) => p.migrate(["--role", role, ...more]);
    for (const lock of ["session", "lease"]) {
      const unknown = await as("No such", "--lock", lock);
      expect([unknown.code, unknown.stderr]).toEqual([
        2,
        expect.stringMatching(/SL3062.*No such[\s\S]*"No such"/),
      ]);
      const refused = await as(await s.role("app"), "--lock", lock);
      expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("SL3063")]);
      expect(refused.stderr).toContain(`GRANT ${s.sql("app")} TO ${s.sql("login")}`);
    }
    if (major >= 16) {
      await s.query(`grant ${s.sql("app")} to ${s.sql("login")} with set false`);
      const refused = await as(await s.role("app"));
      expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("SL3063")]);
    }
    expect(await owners(s)).toEqual({});
    expect(await lockIsFree(p)).toBe(true);
    // Where the history is there and cannot be read by the login, reading it says the same.
    expect((await as(owner)).code).toBe(0);
    expect(await as("No such")).toMatchObject({ code: 2, stderr: expect.stringContaining("SL3062") });
    const status = ["status", "--role", await s.role("app"), "--dir", p.dir];
    expect(await runSluice(status, { env: { SLUICE_URL: s.url("login") } })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("SL3063"),
    });
  });

  test("with a lease, too: files, failure, and going on", async () => {
    const { s, p, args, owner } = await withOwner(major, {
      "1_a.sql": "create table a (n int);",
      "2_b.sql": "-- sluice: transaction=off\ncreate table b (n int);\nselect nonsense;",
    });
    const lease = [...args, "--lock", "lease", "--grant", await s.role("app")];
    const failed = await p.migrate(lease);
    expect([failed.code, failed.stderr]).toEqual([4, expect.stringContaining("nonsense")]);
    const rows =
      "select id, state, error is not null e from sluice_history where kind = 'migration' order by 1";
    expect(await s.query(rows)).toEqual([
      { id: "1", state: "applied", e: false },
      { id: "2", state: "failed", e: true },
    ]);
    p.write({
      "2_b.sql": "-- sluice: transaction=off\ncreate table b (n int);\nselect 1;",
      "3_c.sql": "create table c (n int);",
    });
    const three = await Promise.all([p.migrate(lease), p.migrate(lease), p.migrate(lease)]);
    expect(three.map(({ code, stderr }) => [code, code === 0 ? "" : stderr])).toEqual(Array(3).fill([0, ""]));
    expect(await owners(s)).toEqual({ a: owner, b: owner, c: owner, sluice_history: owner });
    expect(await s.query("select id, state from sluice_history where kind = 'lease'")).toEqual([
      { id: "free", state: "reverted" },
    ]);
    await s.queryAs("app", "select id, state from sluice_history");
    // Outside of a transaction nothing can set the role behind a pooler: there the login needs INHERIT.
    const grant = `grant ${s.sql("owner")} to ${s.sql("login")}`;
    await s.query(major >= 16 ? `${grant} with inherit true` : `alter role ${s.sql("login")} inherit`);
    p.write({ "4_index.sql": "create index concurrently c_n on c (n);" });
    const { code, stderr } = await p.migrate(lease);
    expect([code, stderr]).toEqual([0, expect.stringContaining("applied 4 index")]);
    const [index] = await s.query("select pg_get_userbyid(relowner) r from pg_class where relname = 'c_n'");
    expect(index?.r).toBe(owner);
  });

  test("default privileges give nobody a right to write the history, and readers see no hidden column", async () => {
    const { s, p, args } = await withOwner(major, { "1_a.sql": "create table a (n int);" });
    const [app, owner] = [s.sql("app"), s.sql("owner")];
    await s.role("writer");
    await s.query(`alter default privileges for role ${owner} grant all on tables to ${app};
      alter default privileges for role ${owner} in schema public grant insert on tables to ${s.sql("writer")};
      alter default privileges for role ${owner} grant select on tables to public`);
    expect((await p.migrate(args)).code).toBe(0);
    await s.queryAs("app", "select id, state from sluice_history; insert into a values (1)");
    await s.queryAs("writer", "select id, state from sluice_history; insert into a values (1)");
    const refused = [
      "select down from sluice_history",
      "update sluice_history set state = 'x'",
      "truncate sluice_history",
      "insert into sluice_history (kind, id, name, state) values ('migration', '2', 'x', 'applied')",
    ];
    for (const sql of refused)
      for (const who of ["app", "writer"])
        expect((await failureOf(s.queryAs(who, sql))).message).toContain("permission denied");
  });

  test("readers of an older table can read the columns that a newer Sluice adds", async () => {
    const { s, p, args } = await withOwner(major, { "1_a.sql": "select 1;" });
    expect((await p.migrate([...args, "--grant", await s.role("app")])).code).toBe(0);
    await s.query("alter table sluice_history drop column down_done, drop column output");
    p.write({ "2_b.sql": "select 2;" });
    expect((await p.migrate(args)).code).toBe(0);
    await s.queryAs("app", "select down_done from sluice_history");
    expect((await failureOf(s.queryAs("app", "select output from sluice_history"))).message).toContain(
      "permission denied",
    );
  });
});
