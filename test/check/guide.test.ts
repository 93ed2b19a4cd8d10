import { beforeAll, expect, test } from "bun:test";
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { blocksOf } from "../support/blocks.ts";
import { executable, repository } from "../support/executable.ts";
import { failureOf } from "../support/failure.ts";
import { describeEachMajor, ownServer, query } from "../support/postgres.ts";
import { startProgram } from "../support/run.ts";
import { tempDir, writeFiles } from "../support/temp.ts";

const guide = "docs/guides/accounts.md";
const page = readFileSync(join(repository, guide), "utf8");
const blocks = blocksOf(guide);

const MIGRATIONS = {
  "migrations/1_orders.sql":
    "CREATE TABLE orders (id serial PRIMARY KEY, customer text);\n-- sluice:down\nDROP TABLE orders;",
};

/** Statements of a block: the guide has no semicolon in a literal. */
const statements = (text: string): string[] =>
  text
    .split(/;\s*\n/)
    .map((sql) => sql.trim())
    .filter((sql) => sql !== "");

describeEachMajor("the guide to the accounts", (major) => {
  beforeAll(() => void executable(), 120_000);

  /** Runs all blocks in their order, as an administrator. @returns what the tests look at afterwards. */
  async function follow(administrator: { name: string; password: string } | undefined) {
    const server = await ownServer({ major });
    if (administrator !== undefined)
      await query(
        server.url(),
        `create role ${administrator.name} login createrole createdb password '${administrator.password}'`,
      );
    const password = (role: string) => new RegExp(`ROLE ${role} LOGIN PASSWORD '([^']+)'`).exec(page)?.[1];
    const url = (database: string, role?: string) =>
      role === undefined
        ? server.url(database, administrator?.name, administrator?.password)
        : server.url(database, role, password(role));
    const bin = tempDir();
    symlinkSync(executable(), join(bin, "sluice"));
    const cwd = tempDir(MIGRATIONS);
    const sluice = async (text: string, role: string | undefined) => {
      const env = { SLUICE_URL: url("shop", role), PATH: `${bin}:${process.env["PATH"]}` };
      return (await startProgram("bash", ["-e", "-c", text], { cwd, env })).done;
    };
    for (const [index, { language, words, text, file }] of blocks.entries()) {
      const as = words.get("as");
      if (!words.has("test")) continue;
      if (language === "yaml") writeFiles(cwd, { [file ?? ""]: text });
      else if (language === "sh") {
        const { code, stdout, stderr } = await sluice(text, as);
        expect([code, code === 0 ? "" : stderr]).toEqual([0, ""]);
        const next = blocks[index + 1];
        const shown = stdout.replace(/@[\d.]+:\d+/, "@db.example:5432");
        if (next?.language === "text") expect(shown).toBe(next.text);
      } else if (words.has("refused")) {
        for (const sql of statements(text))
          expect(await failureOf(query(url("shop", as), sql))).toMatchObject({ code: "42501" });
      } else
        for (const sql of statements(text)) {
          if (administrator !== undefined && sql.startsWith("CREATE DATABASE"))
            await query(url("postgres"), "GRANT app_owner TO CURRENT_USER");
          await query(url(words.get("database") ?? "", as), sql);
        }
    }
    return { url, sluice, cwd };
  }

  test("its commands do what it says, in order; the next table needs no grant", async () => {
    const { url, sluice, cwd } = await follow(undefined);
    const items =
      "CREATE TABLE items (id serial PRIMARY KEY, customer text);\n-- sluice:down\nDROP TABLE items;";
    writeFiles(cwd, { "migrations/2_items.sql": items });
    // sluice.yaml says --role and --grant by now.
    expect(await sluice("sluice migrate", "app_migrator")).toMatchObject({ code: 0 });
    await query(url("shop", "app"), "insert into items (customer) values ('one'); delete from items");
    expect(await failureOf(query(url("shop", "app"), "truncate items"))).toMatchObject({ code: "42501" });
    expect(await sluice("sluice wait schema && sluice check --database", "app")).toMatchObject({ code: 0 });
    const seen = await sluice("sluice check --database --account app --migrator app_owner", undefined);
    expect([seen.code, seen.stdout]).toEqual([0, expect.stringContaining("no findings")]);
    expect(await sluice("sluice status --check", "app")).toMatchObject({ code: 0 });
    const owners = await query(
      url("shop"),
      "select distinct tableowner::text o from pg_tables where schemaname = 'public'",
    );
    expect(owners).toEqual([{ o: "app_owner" }]);
    expect(await sluice("sluice down --to 1", "app_migrator")).toMatchObject({ code: 0 });
    const down = await query(
      url("shop"),
      "select to_regclass('items') items, to_regclass('orders')::text orders",
    );
    expect(down).toEqual([{ items: null, orders: "orders" }]);
  }, 120_000);

  test("a managed service: without a superuser, from PostgreSQL 15 on", async () => {
    // Before, `public` belongs to the superuser, and what the services let their administrator do there differs.
    if (major < 15) return;
    const { sluice } = await follow({ name: "administrator", password: "secret" });
    expect(await sluice("sluice check --database", "app")).toMatchObject({ code: 0 });
  }, 120_000);

  test("a database that has one account today changes over", async () => {
    const server = await ownServer({ major });
    const run = (sql: string, database = "shop", user?: string) =>
      query(server.url(database, user, user === undefined ? undefined : "secret"), sql);
    await run("create role app login password 'secret'", "postgres");
    await run("create database shop owner app", "postgres");
    await run("create role app_owner nologin", "postgres");
    await run("create role app_migrator login password 'secret' in role app_owner", "postgres");
    if (major >= 15) await run("grant create on schema public to app_owner");
    await run("create table orders (id serial, customer text)", "shop", "app");
    const bin = tempDir();
    symlinkSync(executable(), join(bin, "sluice"));
    const cwd = tempDir({ "migrations/1_items.sql": "create table items (id serial, customer text);" });
    const sluice = async (command: string, user?: string) => {
      const SLUICE_URL = server.url("shop", user, user === undefined ? undefined : "secret");
      const env = { SLUICE_URL, PATH: `${bin}:${process.env["PATH"]}` };
      return (await startProgram("bash", ["-e", "-c", command], { cwd, env })).done;
    };
    const command = blocks.find(({ text }) => text.includes("--account app --migrator"))?.text ?? "";
    const first = await sluice(command);
    expect(first.code).toBe(1);
    const script = /^BEGIN;$[\s\S]*^COMMIT;$/m.exec(first.stdout)?.[0] ?? "";
    expect(script).toContain("ALTER DATABASE shop OWNER TO app_owner;");
    await run(script);
    const second = await sluice(command);
    expect([second.code, second.stdout]).toEqual([0, expect.stringContaining("no findings")]);
    const migrated = await sluice("sluice migrate --role app_owner --grant app", "app_migrator");
    expect([migrated.code, migrated.stderr]).toEqual([0, expect.stringContaining("applied 1 items")]);
    await run(
      "insert into orders (customer) values ('x'); insert into items (customer) values ('x')",
      "shop",
      "app",
    );
    expect((await failureOf(run("drop table orders", "shop", "app"))).message).toContain("must be owner");
    expect(await sluice("sluice check --database", "app")).toMatchObject({ code: 0 });
  }, 120_000);
});
