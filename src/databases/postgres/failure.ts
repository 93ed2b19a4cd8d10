import { type ErrorCode, SluiceError } from "../../errors.ts";
import type { Migration } from "../../migrations/migration.ts";
import type { ScriptStatement } from "../database.ts";
import { firstWords } from "./analyse.ts";
import { type ServerError, SQLSTATE } from "./sqlstate.ts";

/**
 * Says where and why a statement failed: the line of SQL with a caret below the place the server means, SQLSTATE,
 * detail and hint.
 * @param sentBefore characters that stood before the statement in what was sent; the server counts from there.
 * @param left what the file left behind, which decides between exit 3 and 4.
 */
export function statementFailure(
  error: ServerError,
  migration: Pick<Migration, "file" | "version">,
  statement: ScriptStatement,
  sentBefore: number,
  left: "nothing" | "something",
): SluiceError {
  const at = offset(error, statement.text, sentBefore);
  const place = at === undefined ? { line: statement.line } : locate(statement, at);
  const code: ErrorCode = left === "nothing" ? "SL4020" : "SL4021";
  const hint = advice(error);
  return new SluiceError(code, {
    params: { reason: error.message, sqlstate: error.code, version: migration.version },
    place: { file: migration.file, ...place },
    notes: [
      ...(at === undefined ? [`    ${firstWords(statement.text, 100)}`] : excerpt(statement, at)),
      `SQLSTATE ${error.code}`,
      ...(error.detail ? [`detail: ${error.detail}`] : []),
      ...(error.hint ? [`hint: ${error.hint}`] : []),
      ...(error.internalQuery ? [`in: ${firstWords(error.internalQuery, 100)}`] : []),
      ...(error.where ? [`context: ${error.where.split("\n")[0]}`] : []),
    ],
    ...(hint !== undefined && { hint }),
    cause: error,
    migration: migration.version,
  });
}

function advice(error: ServerError): string | undefined {
  if (error.code === SQLSTATE.activeTransaction || error.code === SQLSTATE.invalidTransactionTermination) {
    return "This statement cannot run inside a transaction: put `-- sluice: transaction=off` at the top of the file.";
  }
  if (error.code === "55P04") {
    return "A new enum value can be used only after its transaction: move the statement to a later migration.";
  }
  return undefined;
}

/** Offset into the statement's text, in UTF-16 units; the server counts characters, which may be two units. */
function offset(error: ServerError, text: string, sentBefore: number): number | undefined {
  if (error.position === undefined) return undefined;
  let characters = Number(error.position) - 1 - sentBefore;
  if (characters < 0) return undefined;
  let index = 0;
  for (; characters > 0 && index < text.length; characters--) {
    index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
  }
  return characters > 0 ? undefined : index;
}

function locate(statement: ScriptStatement, at: number): { line: number; column: number } {
  const before = statement.text.slice(0, at);
  const line = statement.line + (before.match(/\n/g)?.length ?? 0);
  return { line, column: at - (before.lastIndexOf("\n") + 1) + 1 };
}

function excerpt(statement: ScriptStatement, at: number): string[] {
  const start = statement.text.lastIndexOf("\n", at - 1) + 1;
  const end = statement.text.indexOf("\n", at);
  const { line } = locate(statement, at);
  // Tabs become one blank, so that the caret stands below its character at every tab width.
  const source = statement.text.slice(start, end === -1 ? undefined : end).replaceAll("\t", " ");
  const from = Math.max(0, at - start - 80);
  const number = `${line} | `;
  return [
    `${number}${from > 0 ? "..." : ""}${source.slice(from, from + 140)}`,
    `${" ".repeat(number.length - 2)}| ${" ".repeat(at - start - from + (from > 0 ? 3 : 0))}^`,
  ];
}

/** Characters (code points) of a text, as the server counts them. */
export function characters(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; count++) {
    index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
  }
  return count;
}
