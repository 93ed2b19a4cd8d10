import { SluiceError } from "../errors.ts";
import type { Statement } from "./migration.ts";
import { advance, beforeFirst, Kind, type Token } from "./tokens.ts";

/**
 * A stretch of a script: leading white space and comments, a statement, its semicolon. The pieces join to the
 * script.
 */
export interface Piece {
  text: string;
  /** Undefined where the piece holds no statement: a semicolon alone, or what follows the last one. */
  statement: Statement | undefined;
}

/** Where a script stands in its file, for the lines and the errors. */
export interface Origin {
  file: string;
  /** Line of the file on which the script begins, from 1. */
  line: number;
}

/**
 * The statements of a script. A text begins at the statement's first token and ends after its last one:
 * comments inside stay, those before and behind do not belong to it. Errors: as `splitPieces`.
 */
export function splitStatements(sql: string, firstLine: number, file = "(input)"): Statement[] {
  return splitPieces(sql, { file, line: firstLine }).flatMap((piece) => piece.statement ?? []);
}

/**
 * Cuts a script after each semicolon that ends a statement, in one pass.
 * Errors (with the line): SL1001 and SL1002 for what is never closed, SL1003 for a psql command, SL1004 for
 * COPY ... FROM STDIN. All else that is wrong with the SQL is the server's to say.
 */
export function splitPieces(sql: string, origin: Origin = { file: "(input)", line: 1 }): Piece[] {
  const pieces: Piece[] = [];
  const token = beforeFirst();
  const lines = lineCounter(sql, origin.line);
  let state = newStatement();
  let pieceStart = 0;

  function cut(end: number): void {
    const { start, end: stop } = state;
    const statement = start < 0 ? undefined : { text: sql.slice(start, stop), line: lines(start) };
    pieces.push({ text: sql.slice(pieceStart, end), statement });
    pieceStart = end;
    state = newStatement();
  }

  while (advance(sql, token)) {
    if (token.kind === Kind.lineComment || token.kind === Kind.blockComment) continue;
    if (token.kind === Kind.unterminated) throw unterminated(sql, token, origin);
    if (token.kind === Kind.backslash) throw psqlCommand(sql, token, origin);
    if (token.kind === Kind.semicolon && state.depth === 0 && state.bodies.length === 0) cut(token.end);
    else take(sql, token, state, origin);
  }
  const body = state.bodies.at(-1);
  if (body !== undefined) throw new SluiceError("SL1002", { place: placeOf(sql, body.start, origin) });
  if (pieceStart < sql.length) cut(sql.length);
  return pieces;
}

/** What the tokens of a statement have shown so far. */
interface State {
  /** Offset of the first token, -1 before it; offset behind the last one. */
  start: number;
  end: number;
  /** Open parentheses: semicolons inside do not split (CREATE RULE ... DO (a; b)). */
  depth: number;
  words: number;
  kind: "unknown" | "create" | "routine" | "copy" | "other";
  /** The token before, in lower case, where it is one of `TELLING`; otherwise empty. */
  before: string;
  /** BEGIN ATOMIC bodies that are open: where, and at which depth of parentheses. */
  bodies: { start: number; depth: number }[];
  beginAt: number;
}

function newStatement(): State {
  return {
    start: -1,
    end: -1,
    depth: 0,
    words: 0,
    kind: "unknown",
    before: "",
    bodies: [],
    beginAt: -1,
  };
}

function take(sql: string, token: Token, state: State, origin: Origin): void {
  if (state.start < 0) state.start = token.start;
  state.end = token.end;
  if (token.kind === Kind.word && state.kind !== "other") {
    takeWord(sql, token, state, origin);
    return;
  }
  if (token.kind === Kind.open) state.depth++;
  else if (token.kind === Kind.close && state.depth > 0) state.depth--;
  state.before = token.kind === Kind.semicolon ? ";" : "";
  if (state.kind === "unknown") state.kind = "other";
}

/** The longest word that matters has nine letters: PROCEDURE. */
const LONGEST = 9;

function takeWord(sql: string, token: Token, state: State, origin: Origin): void {
  const word = token.end - token.start > LONGEST ? "" : sql.slice(token.start, token.end).toLowerCase();
  const before = state.before;
  state.before = word;
  state.words++;
  switch (state.kind) {
    case "unknown":
      state.kind = word === "create" || word === "copy" ? word : "other";
      return;
    case "create":
      if (word === "function" || word === "procedure") state.kind = "routine";
      else if (!(state.words === 2 && word === "or") && !(state.words === 3 && word === "replace"))
        state.kind = "other";
      return;
    case "copy":
      // STDOUT after FROM is STDIN to PostgreSQL (gram.y). Inside parentheses it is a table: COPY (SELECT
      // ...) TO.
      if (before === "from" && state.depth === 0 && (word === "stdin" || word === "stdout"))
        throw new SluiceError("SL1004", { place: placeOf(sql, state.start, origin) });
      return;
    case "routine":
      takeRoutineWord(token, state, word, before);
  }
}

/**
 * A body ends with the END that follows a semicolon (or ATOMIC, where it is empty): each statement in it has
 * its semicolon, and none can begin with END (gram.y, routine_body_stmt_list). So CASE ... END needs no
 * counting, and a column called "end" does no harm.
 */
function takeRoutineWord(token: Token, state: State, word: string, before: string): void {
  const body = state.bodies.at(-1);
  const depth = body?.depth ?? 0;
  if (word === "begin") state.beginAt = token.start;
  else if (word === "atomic" && before === "begin" && state.depth === depth)
    state.bodies.push({ start: state.beginAt, depth });
  else if (word === "end" && (before === ";" || before === "atomic") && body?.depth === state.depth)
    state.bodies.pop();
}

function unterminated(sql: string, token: Token, origin: Origin): SluiceError {
  const head = sql.slice(token.start, token.start + 2);
  const tag = /^\$[^$]*\$/.exec(sql.slice(token.start, token.start + 66));
  const what = head.startsWith('"')
    ? "quoted identifier"
    : head === "/*"
      ? "comment"
      : head.startsWith("$")
        ? `dollar-quoted string (${tag?.[0] ?? "$"})`
        : "string";
  return new SluiceError("SL1001", { params: { what }, place: placeOf(sql, token.start, origin) });
}

function psqlCommand(sql: string, token: Token, origin: Origin): SluiceError {
  const command = /^\\\S{0,40}/.exec(sql.slice(token.start, token.start + 41))?.[0] ?? "\\";
  return new SluiceError("SL1003", { params: { command }, place: placeOf(sql, token.start, origin) });
}

/** The place in the file of an offset into the script. */
export function placeOf(sql: string, offset: number, origin: Origin): { file: string; line: number } {
  return { file: origin.file, line: lineCounter(sql, origin.line)(offset) };
}

/** Gives the line of an offset; the offsets must not go back, so that each line is counted once. */
export function lineCounter(sql: string, firstLine: number): (offset: number) => number {
  let line = firstLine;
  let next = sql.indexOf("\n");
  return (offset) => {
    while (next >= 0 && next < offset) {
      line++;
      next = sql.indexOf("\n", next + 1);
    }
    return line;
  };
}
