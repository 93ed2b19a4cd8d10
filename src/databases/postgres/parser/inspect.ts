import type { Tree } from "./load.ts";

export type Fields = Record<string, unknown>;

/** Name of a tree's node ("IndexStmt") and its fields. */
export function node(tree: Tree): { tag: string; fields: Fields } {
  const tag = Object.keys(tree)[0] ?? "";
  return { tag, fields: tree[tag] ?? {} };
}

/**
 * Whether PostgreSQL refuses a statement inside a transaction block, as far as its text tells
 * (PreventInTransactionBlock in the manual's pages of these commands). REINDEX and CLUSTER of a partitioned table and a
 * procedure that commits are known to the server only: they answer 25001 or 2D000.
 */
export function runsAlone(tree: Tree): boolean {
  const { tag, fields } = node(tree);
  switch (tag) {
    case "IndexStmt":
    case "DropStmt":
      return fields["concurrent"] === true;
    case "ReindexStmt":
      return (
        ["REINDEX_OBJECT_SCHEMA", "REINDEX_OBJECT_SYSTEM", "REINDEX_OBJECT_DATABASE"].includes(
          String(fields["kind"]),
        ) || option(fields["params"], "concurrently") === true
      );
    case "VacuumStmt":
      return fields["is_vacuumcmd"] === true;
    case "ClusterStmt":
      return fields["relation"] === undefined;
    case "AlterTableStmt":
      return list(fields["cmds"]).some((cmd) => detachesConcurrently(cmd));
    case "CreateSubscriptionStmt":
      return (
        option(fields["options"], "connect") !== false && option(fields["options"], "create_slot") !== false
      );
    case "AlterSubscriptionStmt":
      return (
        fields["kind"] === "ALTER_SUBSCRIPTION_REFRESH" ||
        (/_(SET|ADD|DROP)_PUBLICATION$/.test(String(fields["kind"])) &&
          option(fields["options"], "refresh") !== false)
      );
    case "AlterDatabaseStmt":
      return option(fields["options"], "tablespace") !== undefined;
    case "CreatedbStmt":
    case "DropdbStmt":
    case "CreateTableSpaceStmt":
    case "DropTableSpaceStmt":
    case "AlterSystemStmt":
    case "DropSubscriptionStmt":
      return true;
    default:
      return false;
  }
}

/** BEGIN, COMMIT, ROLLBACK, PREPARE TRANSACTION, SET TRANSACTION and their kin; savepoints stay inside a file. */
export function controlsTransaction(tree: Tree): boolean {
  const { tag, fields } = node(tree);
  if (tag === "VariableSetStmt")
    return fields["name"] === "TRANSACTION" || fields["name"] === "TRANSACTION SNAPSHOT";
  if (tag !== "TransactionStmt") return false;
  return !isSavepoint(tree);
}

export function isSavepoint(tree: Tree): boolean {
  const kind = String(tree["TransactionStmt"]?.["kind"] ?? "");
  return /SAVEPOINT$|_RELEASE$|ROLLBACK_TO$/.test(kind);
}

/** SET, RESET, SET ROLE for the session (not SET LOCAL). */
export function setsSession(tree: Tree): boolean {
  const set = tree["VariableSetStmt"];
  if (set !== undefined) return set["is_local"] !== true && set["kind"] !== "VAR_SET_MULTI";
  return setsByFunction(tree);
}

/** `SELECT set_config('search_path', '', false)` and nothing else, as pg_dump begins its files. */
function setsByFunction(tree: Tree): boolean {
  const select = tree["SelectStmt"];
  if (select === undefined || select["fromClause"] !== undefined) return false;
  const targets = list(select["targetList"]).map((target) => {
    const value = (target as { ResTarget?: { val?: { FuncCall?: Fields } } }).ResTarget?.val?.FuncCall;
    const name = JSON.stringify(list(value?.["funcname"]).at(-1) ?? "");
    const isLocal = JSON.stringify(list(value?.["args"])[2] ?? "");
    return name.includes('"set_config"') && !/"boolval":true|"sval":"(t|true|on|1|y|yes)"/i.test(isLocal);
  });
  return targets.length > 0 && targets.every(Boolean);
}

/** The setting that a SET statement changes, in lower case; undefined for other statements. RESET ALL is "*". */
export function settingName(tree: Tree): string | undefined {
  const set = tree["VariableSetStmt"];
  if (set === undefined) return undefined;
  return set["kind"] === "VAR_RESET_ALL" ? "*" : String(set["name"] ?? "").toLowerCase();
}

/** Creates a temporary table, view or sequence, which a resumed run would not have. */
export function createsTemporary(tree: Tree): boolean {
  const { tag, fields } = node(tree);
  const into = fields["into"] ?? fields["intoClause"];
  const relation =
    tag === "CreateStmt"
      ? fields["relation"]
      : tag === "ViewStmt"
        ? fields["view"]
        : tag === "CreateSeqStmt"
          ? fields["sequence"]
          : into !== undefined
            ? (into as Fields)["rel"]
            : undefined;
  if (relation === undefined) return false;
  const { relpersistence, schemaname } = relation as { relpersistence?: string; schemaname?: string };
  return relpersistence === "t" || schemaname === "pg_temp";
}

/** `CREATE INDEX CONCURRENTLY ON ...` without a name: run twice it makes two indexes. */
export function isUnnamedConcurrentIndex(tree: Tree): boolean {
  const index = tree["IndexStmt"];
  return index?.["concurrent"] === true && index["idxname"] === undefined;
}

/** Drops session-level advisory locks, and so the runner's own. */
export function dropsLocks(tree: Tree): boolean {
  if (tree["DiscardStmt"]?.["target"] === "DISCARD_ALL") return true;
  return /"funcname":\[[^\]]*"sval":"pg_advisory_unlock_all"/.test(JSON.stringify(tree));
}

function detachesConcurrently(cmd: unknown): boolean {
  const command = (cmd as { AlterTableCmd?: Fields }).AlterTableCmd;
  const partition = (command?.["def"] as { PartitionCmd?: Fields } | undefined)?.PartitionCmd;
  return command?.["subtype"] === "AT_DetachPartition" && partition?.["concurrent"] === true;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Value of a boolean option in a list of DefElem nodes; an option without a value is true. */
function option(params: unknown, name: string): boolean | undefined {
  for (const param of list(params)) {
    const element = (param as { DefElem?: Fields }).DefElem;
    if (element?.["defname"] !== name) continue;
    const text = JSON.stringify(element["arg"] ?? true).toLowerCase();
    return !/"(false|off|0)"|"boolval":(\{\}|false)|"ival":(\{\}|0)/.test(text);
  }
  return undefined;
}
