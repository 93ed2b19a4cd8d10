import type { AccountFinding, AccountQuestion } from "../../src/databases/accounts.ts";
import { openDatabase } from "../../src/databases/open.ts";
import { resolveUrl } from "../../src/databases/target.ts";
import { checkDatabase, type DatabaseCheck } from "../../src/engine/check.ts";
import { runnerFrom } from "../../src/engine/runner.ts";
import { cleanUpAfter } from "../support/cleanup.ts";
import { query, type Row, type TestDatabase, testDatabase } from "../support/postgres.ts";

export interface Question extends Partial<AccountQuestion> {
  /** Who connects; default: the superuser. */
  as?: string;
  accept?: string[];
}

/** A database of its own, and roles of its own whose names need quotes. */
export interface Shop {
  db: TestDatabase;
  major: number;
  /** A role's name by what it is for; the role is made when it is first asked for, as a plain login. */
  role(what: string): Promise<string>;
  /** The same as SQL writes it. */
  sql(what: string): string;
  query(sql: string): Promise<Row[]>;
  /** Runs SQL as a role. */
  queryAs(what: string, sql: string): Promise<Row[]>;
  url(what: string): string;
  /** `check --database` for the role "app". */
  check(question?: Question): Promise<DatabaseCheck>;
}

let shops = 0;

/** @param roles what the roles are for that the test needs beside "app". */
export async function shop(major: number, ...roles: string[]): Promise<Shop> {
  const db = await testDatabase(major);
  const suffix = `${process.pid}_${++shops}`;
  const made: string[] = [];
  const name = (what: string) => `Shop's "${what}" ${suffix}`;
  const quoted = (what: string) => `"${name(what).replaceAll('"', '""')}"`;
  cleanUpAfter(async () => {
    await db.drop();
    const { server } = db;
    // What the check has proposed, too.
    const rows = await query(
      server.url(),
      `select quote_ident(rolname) r from pg_roles where rolname like '%" ${suffix}%'`,
    );
    for (const { r } of rows) await query(server.url(), `drop owned by ${r}; drop role ${r}`);
  });
  const role = async (what: string) => {
    if (!made.includes(what)) {
      await db.query(`create role ${quoted(what)} login password 'secret'`);
      made.push(what);
    }
    return name(what);
  };
  for (const what of ["app", ...roles]) await role(what);
  const url = (what: string) => db.server.url(db.name, name(what), "secret");
  return {
    db,
    major,
    role,
    sql: quoted,
    query: (sql) => db.query(sql),
    queryAs: (what, sql) => query(url(what), sql),
    url,
    check: ({ as, accept = [], ...question } = {}) =>
      checkUrl(
        as === undefined ? db.url : url(as),
        {
          account: as === undefined ? name("app") : undefined,
          migrator: undefined,
          schemas: [],
          ...question,
        },
        accept,
      ),
  };
}

/** `check --database` in this process. */
export async function checkUrl(
  url: string,
  question: AccountQuestion,
  accept: string[] = [],
): Promise<DatabaseCheck> {
  const source = resolveUrl({ flag: url, env: {}, configUrl: undefined });
  const place = { schema: "public", table: "sluice_history" };
  const mode = { lock: "session", lease: 30_000, sessionPooler: false, role: undefined } as const;
  const { database } = openDatabase(source, {}, place, runnerFrom({}), mode);
  const signal = new AbortController().signal;
  return checkDatabase(database, question, accept, { wait: 0, createDatabase: false, signal, on: () => {} });
}

/** "SA006 table public.orders", for all findings. */
export function said(check: { findings: readonly AccountFinding[] }): string[] {
  return check.findings.map(({ code, object }) => `${code} ${object}`);
}

/**
 * Runs what a check proposes, as somebody, and checks again, until it finds nothing.
 * @returns how many rounds that took. Rejects after five.
 */
export async function settle(of: Shop, run: (sql: string) => Promise<unknown>, question: Question = {}) {
  for (let round = 0; ; round++) {
    const { findings, statements } = await of.check(question);
    if (findings.length === 0) return round;
    if (round === 5) throw new Error(`still found: ${JSON.stringify(findings, null, 2)}`);
    await run(`begin; ${statements.map((sql) => `${sql};`).join("\n")} commit`);
  }
}

/**
 * A shop as the guide sets it up: "owner" owns the schema `shop`, "app" may read and write its rows and nothing else.
 * `check` finds nothing in it.
 * @param roles further roles.
 */
export async function wellMade(major: number, ...roles: string[]): Promise<Shop> {
  const s = await shop(major, "owner", ...roles);
  const [app, owner] = [s.sql("app"), s.sql("owner")];
  await s.query(`revoke create on schema public from public;
    create schema shop authorization ${owner}; grant usage on schema shop to ${app};
    alter role ${app} in database ${s.db.name} set search_path = shop;
    alter default privileges for role ${owner} in schema shop grant select, insert, update, delete on tables to ${app};
    alter default privileges for role ${owner} in schema shop grant usage on sequences to ${app};
    set role ${owner}; create table shop.orders (id serial primary key, n int)`);
  return s;
}

/** What the application does all day; rejects where it cannot. */
export async function work(s: Shop, table = "shop.orders"): Promise<void> {
  await s.queryAs(
    "app",
    `insert into ${table} (n) values (1); update ${table} set n = n + 1; select * from ${table}; delete from ${table}`,
  );
}

/** What of this the application is not refused, of what would destroy or change the schema. */
export async function harm(s: Shop): Promise<string[]> {
  const tries = [
    "truncate shop.orders",
    "drop table shop.orders",
    "alter table shop.orders add column x int",
    "create trigger t before insert on shop.orders execute function suppress_redundant_updates_trigger()",
    "create table shop.mine (n int references shop.orders)",
    "create table public.mine (n int)",
    "drop schema shop cascade",
    "create schema mine",
    `alter database ${s.db.name} connection limit 7`,
    "create role mine",
    `set role ${s.sql("owner")}`,
  ];
  const done: string[] = [];
  for (const sql of tries) {
    const refused = await s.queryAs("app", `begin; ${sql}; rollback`).then(
      () => false,
      (error) => ["42501", "42704"].includes(error.code),
    );
    if (!refused) done.push(sql);
  }
  return done;
}
