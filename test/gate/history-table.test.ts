import { expect, test } from "bun:test";
import { COLUMNS } from "../../src/databases/postgres/history/columns.ts";
import { describeEachMajor, testDatabase } from "../support/postgres.ts";
import { directory, migrated } from "./fixture.ts";

const DESCRIBE = `select attname as name, format_type(atttypid, null) as type, attnotnull as "notNull"
  from pg_attribute where attrelid = 'sluice_history'::regclass and attnum > 0 and not attisdropped order by attnum`;

/** What the page docs/reference/history-table.md promises, as the catalogue would say it. */
const promised = COLUMNS.map(({ name, type, constraint }) => ({
  name,
  type: type.replace("timestamptz", "timestamp with time zone"),
  notNull: constraint?.startsWith("not null") ?? false,
}));

describeEachMajor("the history table", (major) => {
  test("is what its page says", async () => {
    const { url, query } = await testDatabase(major);
    await migrated(url, ["--dir", directory()]);
    expect(await query(DESCRIBE)).toEqual(promised);
    const key =
      "select pg_get_constraintdef(oid) as def from pg_constraint where conrelid = 'sluice_history'::regclass and contype = 'p'";
    expect(await query(key)).toEqual([{ def: "PRIMARY KEY (kind, id)" }]);
  });

  test("of an older version gets the columns that it lacks, and keeps those of a newer one", async () => {
    const { url, query } = await testDatabase(major);
    const dir = directory();
    await migrated(url, ["--dir", dir, "--to", "1"]);
    await query("alter table sluice_history drop output, drop image, add later text");
    await migrated(url, ["--dir", dir]);
    const names = (await query(DESCRIBE)).map((column) => column.name);
    expect(names.sort()).toEqual([...COLUMNS.map((column) => column.name), "later"].sort());
    expect(await query("select id from sluice_history where state = 'applied' order by id")).toHaveLength(3);
  });
});
