import { hash } from "node:crypto";
import { type ErrorCode, SluiceError } from "../../errors.ts";
import type { Migration, Statement } from "../../migrations/migration.ts";
import type { Script, ScriptStatement } from "../database.ts";
import { certainty } from "./parser/certain.ts";
import * as look from "./parser/inspect.ts";
import { loadParser, type Tree } from "./parser/load.ts";

/** Statements that can change nothing about the session, so nothing has to be reset after them. */
const PLAIN = new Set([
  "AlterEnumStmt",
  "AlterOwnerStmt",
  "AlterSeqStmt",
  "AlterTableStmt",
  "CommentStmt",
  "CompositeTypeStmt",
  "CreateEnumStmt",
  "CreateFunctionStmt",
  "CreateSchemaStmt",
  "CreateSeqStmt",
  "CreateStmt",
  "CreateTrigStmt",
  "DropStmt",
  "GrantStmt",
  "IndexStmt",
  "RenameStmt",
  "ViewStmt",
]);

/**
 * Decides how a script runs, from what PostgreSQL's own parser sees in it.
 * @param migration the file, for messages and its `transaction` directive.
 * @param statements its up or down part, split.
 * @throws SluiceError SL4001 to SL4005, with file and line, for what may not stand in a migration.
 */
export async function analyse(migration: Migration, statements: Statement[]): Promise<Script> {
  const { transaction } = migration.directives;
  const certain = transaction ? statements.map(({ text }) => certainty(text)) : [];
  if (transaction && certain.every((one) => one !== undefined)) {
    return {
      statements: statements.map((statement) => describe(statement, undefined)),
      mode: "transaction",
      dirtiesSession: certain.includes("data"),
    };
  }
  const parse = await loadParser();
  const trees = statements.map((statement) => parse(statement.text)?.[0]);
  const parsed = statements.map((statement, index) => describe(statement, trees[index], parse));
  const steps = !transaction || parsed.some((statement) => statement.alone);
  for (const [index, tree] of trees.entries()) {
    if (tree !== undefined) refuse(migration, parsed[index] as ScriptStatement, tree, steps);
  }
  return {
    statements: parsed,
    mode: steps ? "steps" : "transaction",
    dirtiesSession: trees.some(
      (tree) => tree === undefined || !PLAIN.has(look.node(tree).tag) || look.createsTemporary(tree),
    ),
  };
}

/** @param parse parses the text again when the tree is asked for: the trees of a thousand files are not kept. */
function describe(
  statement: Statement,
  tree: Tree | undefined,
  parse?: (sql: string) => Tree[] | undefined,
): ScriptStatement {
  const setting = tree && look.settingName(tree);
  return {
    ...statement,
    hash: hash("sha256", statement.text).slice(0, 16),
    alone: tree !== undefined && look.runsAlone(tree),
    setsSession: tree !== undefined && look.setsSession(tree),
    setsLockTimeout: setting === "lock_timeout",
    get tree() {
      return parse?.(statement.text)?.[0];
    },
  };
}

function refuse(migration: Migration, statement: ScriptStatement, tree: Tree, steps: boolean): void {
  const fail = (code: ErrorCode): never => {
    throw new SluiceError(code, {
      params: { statement: firstWords(statement.text), version: migration.version },
      place: { file: migration.file, line: statement.line },
      migration: migration.version,
    });
  };
  if (look.dropsLocks(tree)) fail("SL4003");
  if (look.controlsTransaction(tree)) fail(steps ? "SL4002" : "SL4001");
  if (!steps) return;
  if (look.isSavepoint(tree) || tree["PrepareStmt"] !== undefined) fail("SL4002");
  if (tree["DeclareCursorStmt"] !== undefined || look.createsTemporary(tree)) fail("SL4004");
  if (look.isUnnamedConcurrentIndex(tree)) fail("SL4005");
}

/** The beginning of a statement on one line, for messages. */
export function firstWords(sql: string, length = 60): string {
  const line = sql.replace(/\s+/g, " ").trim();
  return line.length <= length ? line : `${line.slice(0, length - 3)}...`;
}
