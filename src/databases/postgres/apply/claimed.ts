import { setTimeout as sleep } from "node:timers/promises";
import type { Finding, ScriptStatement } from "../../database.ts";
import { builderOf } from "../indexes.ts";
import { type Fields, node } from "../parser/inspect.ts";
import type { Session } from "../session.ts";
import { identifier, literal } from "../sql.ts";
import { type ApplyContext, send } from "./context.ts";

/**
 * Looks in the catalogue whether a statement that was claimed and never confirmed took effect. The caller holds the
 * runner lock, so the session that sent it is gone and what stands is final.
 */
export async function findClaimed(session: Session, statement: ScriptStatement): Promise<Finding> {
  if (statement.tree === undefined) return { state: "unknown", what: "the statement does not parse" };
  const { tag, fields } = node(statement.tree);
  const look = looks[tag];
  return look === undefined
    ? { state: "unknown", what: `whether ${tag.replace(/Stmt$/, "")} took effect cannot be seen` }
    : look(session, fields);
}

/**
 * Waits until no other backend runs the statement. With a lease the new runner may be there while the old one's
 * statement still runs; a session lock would have been held until its end.
 */
export async function waitUntilQuiet(context: ApplyContext, statement: string): Promise<void> {
  const text = literal(statement);
  for (;;) {
    context.signal.throwIfAborted();
    // The server keeps the beginning of a query, cut at a number of bytes.
    const [rows] = await context.session.query(
      `select pid from pg_catalog.pg_stat_activity where state = 'active' and pid <> pg_backend_pid()
         and query <> '' and query = left(${text}, length(query)) and (query = ${text} or octet_length(query) >
           (select setting::int - 8 from pg_catalog.pg_settings where name = 'track_activity_query_size'))`,
    );
    if (rows?.length === 0) return;
    await sleep(500);
  }
}

/**
 * Clears what would make a statement do nothing and still succeed: under IF NOT EXISTS an INVALID index of that name,
 * left by an earlier try, would be kept.
 */
export async function prepareClaim(context: ApplyContext, statement: ScriptStatement): Promise<void> {
  const index = statement.tree?.["IndexStmt"];
  if (index?.["if_not_exists"] !== true) return;
  const finding = await findIndex(context.session, index);
  if (finding.state === "partial") await send(context, finding.sql, 0);
}

const AGAIN: Finding = { state: "absent" };

const looks: Record<string, (session: Session, fields: Fields) => Promise<Finding>> = {
  IndexStmt: findIndex,
  DropStmt: findDropped,
  AlterTableStmt: findDetached,
  ReindexStmt: findReindexed,
  // Run twice, these do the same as once.
  VacuumStmt: async () => AGAIN,
  ClusterStmt: async () => AGAIN,
  AlterSystemStmt: async () => AGAIN,
  AlterDatabaseStmt: async () => AGAIN,
  AlterSubscriptionStmt: async () => AGAIN,
  CreatedbStmt: (session, fields) => exists(session, "pg_database", "datname", fields["dbname"], true),
  DropdbStmt: (session, fields) => exists(session, "pg_database", "datname", fields["dbname"], false),
  CreateTableSpaceStmt: (session, fields) =>
    exists(session, "pg_tablespace", "spcname", fields["tablespacename"], true),
  DropTableSpaceStmt: (session, fields) =>
    exists(session, "pg_tablespace", "spcname", fields["tablespacename"], false),
  CreateSubscriptionStmt: (session, fields) =>
    exists(session, "pg_subscription", "subname", fields["subname"], true),
  DropSubscriptionStmt: (session, fields) =>
    exists(session, "pg_subscription", "subname", fields["subname"], false),
};

/**
 * The index of that name on that table: valid is done. Only an INVALID one of relkind `i` without a live builder is
 * dropped: a partitioned parent's (`I`) is invalid by design until its partitions have theirs.
 */
async function findIndex(session: Session, fields: Fields): Promise<Finding> {
  const table = relation(fields["relation"]);
  const [rows] = await session.query(
    `select n.nspname, c.relname, i.indisvalid, c.relkind,
            ${builderOf("i.indrelid")} is not null
       from pg_catalog.pg_index i
       join pg_catalog.pg_class c on c.oid = i.indexrelid
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where i.indrelid = to_regclass(${literal(table)}) and c.relname = ${literal(String(fields["idxname"] ?? ""))}`,
  );
  const row = rows?.[0];
  if (row === undefined) return AGAIN;
  const [schema, name, valid, relkind, building] = row;
  if (valid === "t") return { state: "done" };
  if (relkind === "I") return { state: "done" };
  if (building === "t") return { state: "busy", what: `index ${name} is being built by another session` };
  const index = identifier(schema ?? "", name ?? "");
  return {
    state: "partial",
    what: `index ${name} is invalid`,
    sql: `drop index concurrently if exists ${index}`,
    done: false,
  };
}

async function findDropped(session: Session, fields: Fields): Promise<Finding> {
  const objects = fields["objects"] as { List: { items: { String: { sval: string } }[] } }[];
  const names = objects.map((object) => identifier(...object.List.items.map((item) => item.String.sval)));
  const [rows] = await session.query(
    `select ${names.map((name) => `to_regclass(${literal(name)})`).join(", ")}`,
  );
  const left = rows?.[0]?.some((oid) => oid !== null);
  return left ? AGAIN : { state: "done" };
}

async function findDetached(session: Session, fields: Fields): Promise<Finding> {
  const parent = relation(fields["relation"]);
  const cmds = fields["cmds"] as { AlterTableCmd: { def: { PartitionCmd: { name: unknown } } } }[];
  const partition = relation(cmds[0]?.AlterTableCmd.def.PartitionCmd.name);
  const [rows] = await session.query(
    `select inhdetachpending from pg_catalog.pg_inherits
      where inhrelid = to_regclass(${literal(partition)}) and inhparent = to_regclass(${literal(parent)})`,
  );
  if (rows?.[0] === undefined) return { state: "done" };
  if (rows[0][0] !== "t") return AGAIN;
  return {
    state: "partial",
    what: `partition ${partition} is half detached`,
    sql: `alter table ${parent} detach partition ${partition} finalize`,
    done: true,
  };
}

/**
 * REINDEX repeats itself; what an interrupted CONCURRENTLY of a table or an index leaves on that table are invalid
 * indexes named `..._ccnew` and `..._ccold`. After one of a whole schema or database they stay, for nobody can tell
 * whose they are; `repair index` drops them.
 */
async function findReindexed(session: Session, fields: Fields): Promise<Finding> {
  const name = fields["relation"] === undefined ? undefined : relation(fields["relation"]);
  if (name === undefined) return AGAIN;
  const [rows] = await session.query(
    `select n.nspname, c.relname from pg_catalog.pg_index i
       join pg_catalog.pg_class c on c.oid = i.indexrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where not i.indisvalid and c.relkind = 'i' and c.relname ~ '_cc(new|old)[0-9]*$'
        and i.indrelid in (select to_regclass(${literal(name)})
                           union select x.indrelid from pg_catalog.pg_index x where x.indexrelid = to_regclass(${literal(name)}))
        and ${builderOf("i.indrelid")} is null`,
  );
  for (const [schema, index] of rows ?? []) {
    await session.query(`drop index concurrently if exists ${identifier(schema ?? "", index ?? "")}`);
  }
  return AGAIN;
}

/** @param made true when the statement makes the object, false when it drops it. */
async function exists(
  session: Session,
  catalogue: string,
  column: string,
  name: unknown,
  made: boolean,
): Promise<Finding> {
  const [rows] = await session.query(
    `select from pg_catalog.${catalogue} where ${column} = ${literal(String(name))}`,
  );
  return (rows?.length ?? 0) > 0 === made ? { state: "done" } : AGAIN;
}

/** Name of a RangeVar node as it stands in the SQL; resolved by the session's search_path where it has no schema. */
function relation(value: unknown): string {
  const { schemaname, relname } = (value ?? {}) as { schemaname?: string; relname?: string };
  return schemaname === undefined ? identifier(relname ?? "") : identifier(schemaname, relname ?? "");
}
