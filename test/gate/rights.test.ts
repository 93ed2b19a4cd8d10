import { expect, test } from "bun:test";
import { failureOf } from "../support/failure.ts";
import {
  createDatabase,
  describeEachMajor,
  query,
  type TestDatabase,
  testServer,
} from "../support/postgres.ts";
import {
  directory,
  migrated,
  opens,
  reasons,
  runGate,
  saysNothingTwice,
  startGate,
  staysClosed,
} from "./fixture.ts";

let roles = 0;

/** A database and the URL of a role in it that has no right at all. */
async function withReader(major: number): Promise<{ db: TestDatabase; role: string; reader: string }> {
  const db = await createDatabase(await testServer(major));
  const role = `Reader ${process.pid} ${++roles}`;
  await db.query(`create role "${role}" login password 'r'; revoke all on schema public from public`);
  return { db, role, reader: db.server.url(db.name, role, "r") };
}

describeEachMajor("the account of a gate", (major) => {
  test.each([
    ["public", []],
    ["a schema of its own", ["--history-schema", "Deploy"]],
  ] as [string, string[]][])("needs what --grant gives, in %s", async (_, place) => {
    const { db, role, reader } = await withReader(major);
    const args = ["--dir", directory(), ...place];
    await migrated(db.url, [...args, "--grant", role]);
    expect((await runGate(reader, [...args, "--timeout", "30s"])).code).toBe(0);
    const schema = place[1] ?? "public";
    const table = `"${schema}".sluice_history`;
    for (const hidden of ["down", "output"]) {
      expect((await failureOf(query(reader, `select ${hidden} from ${table}`))).message).toContain(
        "permission denied",
      );
    }
    expect((await failureOf(query(reader, `update ${table} set state = 'applied'`))).message).toContain(
      "permission denied",
    );
    expect((await failureOf(query(reader, `select * from public.users`))).message).toContain(
      "permission denied",
    );
    const granted = await db.query(
      `select count(*)::int as n from information_schema.column_privileges where grantee = $1`,
      [role],
    );
    const columns = `select count(*)::int - 2 as n from information_schema.columns where table_name = 'sluice_history'`;
    expect(granted).toEqual(await db.query(columns));
  });

  test("that lacks a right keeps it closed, says which, and opens once it has it", async () => {
    const { db, role, reader } = await withReader(major);
    const dir = directory();
    const gate = await startGate(reader, ["--dir", dir]);
    await gate.waitForOutput(/may not read public\.sluice_history: permission denied for schema public/);
    await migrated(db.url, ["--dir", dir]);
    await db.query(`grant usage on schema public to "${role}"`);
    await gate.waitForOutput(/permission denied for table sluice_history/);
    // Nothing is pending, and the rights are granted nevertheless.
    await migrated(db.url, ["--dir", dir, "--grant", role]);
    saysNothingTwice(await opens(gate));
  });

  test("needs no right on the database's own tables, and none to create", async () => {
    const { db, role, reader } = await withReader(major);
    const dir = directory();
    await db.query(`revoke temporary on database ${db.name} from public`);
    await db.query(`alter database ${db.name} set default_transaction_read_only = on`);
    await migrated(`${db.url}?options=-c%20default_transaction_read_only=off`, [
      "--dir",
      dir,
      "--grant",
      role,
    ]);
    expect((await runGate(reader, ["--dir", dir, "--timeout", "30s"])).code).toBe(0);
  });
});

test("a history of a newer Sluice that this one cannot read keeps it closed", async () => {
  const { db } = await withReader(18);
  const dir = directory();
  await migrated(db.url, ["--dir", dir]);
  await db.query("alter table sluice_history add later text; update sluice_history set later = 'x'");
  expect((await runGate(db.url, ["--dir", dir, "--timeout", "30s"])).code).toBe(0);
  await db.query("update sluice_history set min_writer = 99");
  expect((await runGate(db.url, ["--dir", dir, "--timeout", "30s"])).code).toBe(0);
  await db.query("update sluice_history set min_reader = 99 where id = '1'");
  const { stderr } = await staysClosed(await startGate(db.url, ["--dir", dir]), /waiting for schema: .*99/);
  expect(reasons({ stderr })).toEqual([expect.stringContaining("99")]);
});
