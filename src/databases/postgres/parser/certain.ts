import { advance, beforeFirst, Kind } from "../../../migrations/tokens.ts";

/**
 * What is certain of a statement from its first words alone, because PostgreSQL's grammar (gram.y) has nothing else
 * that begins so: `plain` can change nothing about the session, `data` may call a function that does. Neither runs
 * alone, controls the transaction, makes something temporary or drops locks.
 */
export type Certainty = "plain" | "data";

/** How a statement may begin, and the words that outside of parentheses would make it another one. */
const beginnings: Readonly<Record<string, { is: Certainty; unless?: readonly string[] }>> = {
  // CREATE TABLE ... AS SELECT is another statement; GENERATED ... AS stands inside.
  "create table": { is: "plain", unless: ["as"] },
  // ALTER TABLE ... SET SCHEMA, ALTER TABLE ALL IN TABLESPACE.
  "alter table": { is: "plain", unless: ["schema", "all"] },
  "drop table": { is: "plain" },
  "create index": { is: "plain" },
  "create unique index": { is: "plain" },
  "drop index": { is: "plain" },
  "create view": { is: "plain" },
  "create or replace view": { is: "plain" },
  "drop view": { is: "plain" },
  "create sequence": { is: "plain" },
  "drop sequence": { is: "plain" },
  "create function": { is: "plain" },
  "create or replace function": { is: "plain" },
  "create trigger": { is: "plain" },
  "comment on": { is: "plain" },
  "insert into": { is: "data" },
  update: { is: "data" },
  "delete from": { is: "data" },
};

/** Blanks as scan.l has them; a comment between the words is for the parser. A word ends where no letter follows. */
const beginning = new RegExp(
  `^(?:${Object.keys(beginnings).join("|").replaceAll(" ", "[\\t-\\r ]+")})(?![\\w$\\x80-\\uffff])`,
  "i",
);

/**
 * Text with one of these is for the parser to judge. Keywords cannot be written otherwise; a name can, in U&"..." with
 * escapes.
 */
const doubtful = /concurrently|pg_temp|pg_advisory_unlock_all|u&/i;

/**
 * Spares most migrations the parser, which takes 70 MiB: it is asked only where this is undefined. That both agree is
 * tested with generated statements.
 * @param statement one statement, from its first word on, without its semicolon.
 */
export function certainty(statement: string): Certainty | undefined {
  const words = beginning.exec(statement)?.[0];
  if (words === undefined || doubtful.test(statement)) return undefined;
  const { is, unless } = beginnings[words.toLowerCase().replace(/[\t-\r ]+/g, " ")]!;
  return unless !== undefined && holdsOutside(statement, unless) ? undefined : is;
}

/** Whether one of the words stands outside of parentheses, strings and comments. */
function holdsOutside(statement: string, words: readonly string[]): boolean {
  const lower = statement.toLowerCase();
  if (!words.some((word) => lower.includes(word))) return false;
  const token = beforeFirst();
  for (let depth = 0; advance(statement, token); ) {
    if (token.kind === Kind.open) depth++;
    else if (token.kind === Kind.close) depth--;
    else if (token.kind === Kind.word && depth <= 0) {
      if (words.includes(statement.slice(token.start, token.end).toLowerCase())) return true;
    }
  }
  return false;
}
