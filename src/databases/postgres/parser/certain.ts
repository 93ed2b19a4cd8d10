import { advance, beforeFirst, Kind } from "../../../migrations/tokens.ts";

/**
 * What is certain of a statement from its first words alone, because PostgreSQL's grammar (gram.y) has nothing else
 * that begins so: `plain` can change nothing about the session, `data` may call a function that does. Neither runs
 * alone, controls the transaction, makes something temporary or drops locks.
 */
export type Certainty = "plain" | "data";

/**
 * First words, and those that outside of parentheses would make it another statement: CREATE TABLE ... AS, ALTER TABLE
 * ... SET SCHEMA. (GENERATED ... AS stands inside.)
 */
const beginnings: readonly { words: readonly string[]; is: Certainty; unless?: readonly string[] }[] = [
  { words: ["create", "table"], is: "plain", unless: ["as"] },
  { words: ["alter", "table"], is: "plain", unless: ["schema", "all"] },
  { words: ["drop", "table"], is: "plain" },
  { words: ["create", "index"], is: "plain" },
  { words: ["create", "unique", "index"], is: "plain" },
  { words: ["drop", "index"], is: "plain" },
  { words: ["create", "view"], is: "plain" },
  { words: ["create", "or", "replace", "view"], is: "plain" },
  { words: ["drop", "view"], is: "plain" },
  { words: ["create", "sequence"], is: "plain" },
  { words: ["drop", "sequence"], is: "plain" },
  { words: ["create", "function"], is: "plain" },
  { words: ["create", "or", "replace", "function"], is: "plain" },
  { words: ["create", "trigger"], is: "plain" },
  { words: ["comment", "on"], is: "plain" },
  { words: ["insert", "into"], is: "data" },
  { words: ["update"], is: "data" },
  { words: ["delete", "from"], is: "data" },
];

/**
 * Text with one of these is for the parser to judge. Keywords cannot be written otherwise; a name can, in U&"..." with
 * escapes, and a string constant with a backslash or in pieces on several lines, which no name is.
 */
const doubtful = /concurrently|pg_temp|pg_advisory_unlock_all|u&/i;

/**
 * Spares most migrations the parser, which takes 70 MiB: it is asked only where this is undefined. That both agree is
 * tested with generated statements.
 * @param statement one statement, without its semicolon.
 */
export function certainty(statement: string): Certainty | undefined {
  if (doubtful.test(statement)) return undefined;
  const token = beforeFirst();
  const word = () => statement.slice(token.start, token.end).toLowerCase();
  let candidates = beginnings;
  let length = 0;
  while (candidates.length > 0 && next(statement, token) && token.kind === Kind.word) {
    const text = word();
    candidates = candidates.filter(({ words }) => words[length] === text);
    length++;
    const found = candidates.find(({ words }) => words.length === length);
    if (found === undefined) continue;
    if (found.unless === undefined) return found.is;
    for (let depth = 0; next(statement, token); ) {
      if (token.kind === Kind.open) depth++;
      else if (token.kind === Kind.close) depth--;
      else if (token.kind === Kind.word && depth <= 0 && found.unless.includes(word())) return undefined;
    }
    return found.is;
  }
  return undefined;
}

/** Moves to the next token that is no comment; false at the end. */
function next(statement: string, token: ReturnType<typeof beforeFirst>): boolean {
  while (advance(statement, token)) {
    if (token.kind !== Kind.lineComment && token.kind !== Kind.blockComment) return true;
  }
  return false;
}
