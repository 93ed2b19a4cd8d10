import type { IndexState } from "../upkeep.ts";
import type { Session } from "./session.ts";
import { identifier, literal } from "./sql.ts";

/** Relation locks that CREATE INDEX, REINDEX and what is stronger hold on a table (manual 13.3.1). */
const BUILDING = [
  "ShareUpdateExclusiveLock",
  "ShareLock",
  "ShareRowExclusiveLock",
  "ExclusiveLock",
  "AccessExclusiveLock",
];

/** SQL for the process of another session that may be building an index on a table, null where there is none. */
export function builderOf(table: string): string {
  return `(select l.pid from pg_catalog.pg_locks l where l.locktype = 'relation' and l.relation = ${table}
             and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
             and l.granted and l.pid <> pg_backend_pid() and l.mode = any (${literal(BUILDING)}) limit 1)`;
}

/**
 * Indexes of a name, written as `name` or `schema.name`, exactly as in the catalogue.
 *
 * Whether one is being built is seen by the lock on its table, not in pg_stat_progress_create_index: that shows
 * nothing of other roles' sessions, and DROP INDEX CONCURRENTLY would wait for the build and then drop a good index.
 */
export async function findIndexes(session: Session, name: string): Promise<IndexState[]> {
  const [rows] = await session.query(
    `select n.nspname, c.relname, i.indrelid::regclass, i.indisvalid, c.relkind, c.relispartition,
            exists (select from pg_catalog.pg_constraint o where o.conindid = c.oid and o.contype in ('p', 'u', 'x')),
            ${builderOf("i.indrelid")},
            pg_catalog.pg_get_indexdef(c.oid), t.spcname
       from pg_catalog.pg_index i
       join pg_catalog.pg_class c on c.oid = i.indexrelid
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       left join pg_catalog.pg_tablespace t on t.oid = c.reltablespace
      where c.relname = ${literal(name)} or n.nspname || '.' || c.relname = ${literal(name)}
      order by 1, 2`,
  );
  return (rows ?? []).map((row) => {
    const [schema, index, table, valid, kind, partition, constraint, builder, definition, tablespace] = row;
    const leftover = /_cc(new|old)\d*$/.test(index ?? "");
    return {
      schema: schema ?? "",
      name: index ?? "",
      table: table ?? "",
      valid: valid === "t",
      kind: kind === "I" ? "I" : "i",
      bound: partition === "t" ? "partition" : constraint === "t" ? "constraint" : undefined,
      leftover,
      builder: builder ? Number(builder) : undefined,
      drop: `DROP INDEX CONCURRENTLY ${identifier(schema ?? "", index ?? "")}`,
      create:
        leftover || !definition
          ? undefined
          : definition.replace(/^(CREATE (?:UNIQUE )?INDEX) /, "$1 CONCURRENTLY "),
      tablespace: tablespace ?? undefined,
    };
  });
}

/** "schema.name" of the INVALID indexes; a partitioned one is invalid by design until its partitions have theirs. */
export async function invalidIndexes(session: Session): Promise<string[]> {
  const [rows] = await session.query(
    `select n.nspname || '.' || c.relname from pg_catalog.pg_index i
       join pg_catalog.pg_class c on c.oid = i.indexrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where not i.indisvalid and c.relkind = 'i' order by 1`,
  );
  return (rows ?? []).map((row) => row[0] ?? "");
}
