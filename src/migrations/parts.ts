import { SluiceError } from "../errors.ts";
import { nearest } from "../text/nearest.ts";
import { applyDirective, defaultDirectives, words } from "./directives.ts";
import { foreignHint, foreignTool } from "./foreign.ts";
import type { Directives } from "./migration.ts";
import { lineCounter, type Origin } from "./split.ts";
import { advance, beforeFirst, isSpace, Kind } from "./tokens.ts";

/** A file cut at its `-- sluice:down` line. */
export interface Parts {
  up: string;
  down: string | undefined;
  downLine: number | undefined;
  directives: Directives;
  /** True where the up part holds nothing but white space, comments and semicolons. */
  empty: boolean;
}

/** A text without a match holds no comment that we look for, and need not be read token by token. */
const mayConcernUs = new RegExp(`sluice|:\\s*(?:${words.join("|")})\\b|${foreignHint.source}`, "i");

/**
 * Reads directives and the down line of a file, text with LF line ends. Only comments count: a marker inside
 * a string is a string. Errors: SL1005 another tool's file, SL1010 to SL1016 for comments that were meant for
 * Sluice. What is wrong with the SQL itself is found by the splitter, when the statements are needed.
 */
export function readParts(text: string, file: string): Parts {
  const token = beforeFirst();
  const directives = defaultDirectives();
  let down: { start: number; end: number; line: number } | undefined;
  let first: number | undefined;

  const commented = text.includes("--") || text.includes("/*");
  if (!commented || !mayConcernUs.test(text)) {
    const empty = commented ? firstStatement(text) === undefined : !/[^\t-\r ;]/.test(text);
    return { up: text, down: undefined, downLine: undefined, directives, empty };
  }

  const seen = new Map<string, number>();
  const lines = lineCounter(text, 1);
  while (advance(text, token) && token.kind !== Kind.unterminated) {
    const { kind, start, end } = token;
    if (kind !== Kind.lineComment && kind !== Kind.blockComment) {
      if (kind !== Kind.semicolon) first ??= start;
      continue;
    }
    const comment = text.slice(start, end);
    const meaning = kind === Kind.lineComment ? readComment(comment) : readBlockComment(comment);
    const lineStart = startOfBlank(text, start);
    const alone = lineStart === 0 || text[lineStart - 1] === "\n";
    if (meaning === undefined && !alone) continue;
    const place = { file, line: lines(start) };
    if (meaning === undefined) refuseForeign(comment, place);
    else if (meaning.kind === "near") throw nearMiss(meaning.text, place);
    else if (meaning.kind === "directive") {
      // Read first, so that a misspelt one is called misspelt, wherever it stands.
      applyDirective(directives, meaning.text, place, seen);
      if (first !== undefined || down !== undefined)
        throw new SluiceError("SL1013", { params: { text: meaning.text }, place });
    } else {
      if (meaning.text !== "down" || !alone) throw new SluiceError("SL1016", { place });
      if (down !== undefined) throw new SluiceError("SL1015", { params: { first: down.line }, place });
      const next = text.indexOf("\n", end);
      down = { start: lineStart, end: next < 0 ? text.length : next + 1, line: place.line };
    }
  }
  return {
    up: down === undefined ? text : text.slice(0, down.start),
    down: down === undefined ? undefined : text.slice(down.end),
    downLine: down === undefined ? undefined : down.line + 1,
    directives,
    empty: first === undefined || (down !== undefined && first >= down.start),
  };
}

function firstStatement(text: string): number | undefined {
  const token = beforeFirst();
  while (advance(text, token))
    if (token.kind < Kind.lineComment || token.kind > Kind.semicolon) return token.start;
  return undefined;
}

/** Where the white space that leads up to an offset begins, within its line. */
function startOfBlank(text: string, offset: number): number {
  let at = offset;
  while (at > 0 && text[at - 1] !== "\n" && isSpace(text.charCodeAt(at - 1))) at--;
  return at;
}

function refuseForeign(comment: string, place: Origin): void {
  const tool = foreignTool(comment);
  if (tool !== undefined)
    throw new SluiceError("SL1005", { params: { tool, marker: comment.trim() }, place });
}

interface Meaning {
  kind: "directive" | "down" | "near";
  text: string;
}

/**
 * What a line comment says to Sluice. Case and blanks around `sluice:` do not matter. What only resembles it
 * is "near", an error: a down line that is overlooked would run the down part with the up part.
 */
function readComment(comment: string): Meaning | undefined {
  const text = comment.replace(/^-+\s*/, "").trimEnd();
  const own = /^sluice\s*:\s*(.*)$/i.exec(text)?.[1];
  if (own === undefined) return resembles(text) ? { kind: "near", text } : undefined;
  if (own === "") return { kind: "near", text };
  // Suppressions are the linter's to read (design 5.7).
  if (/^ignore(?:\s|$)/.test(own)) return undefined;
  return { kind: /^down(?![\w-])/.test(own) ? "down" : "directive", text: own };
}

function readBlockComment(comment: string): Meaning | undefined {
  const text = comment.replace(/^\/\*+\s*|\s*\*+\/$/g, "");
  return /^\W?sluice\b/i.test(text) && resembles(text.replace(/^(\W?sluice)\s*:\s*/i, "$1 "))
    ? { kind: "near", text: text.split("\n", 1)[0] ?? "" }
    : undefined;
}

/**
 * Prose that begins with the name ("sluice runs this ...") is none; "sluice down", "slucie: phase=expand"
 * are.
 */
function resembles(text: string): boolean {
  const noColon = /^[^\w\s]?sluice[\s._/-]+([\w-]+)\s*(?:=|$)/i.exec(text);
  if (noColon !== null) return isNearWord(noColon[1]);
  const other = /^[^\w\s]?(\w+)\s*:\s*([\w-]+)\s*(?:=|$)/.exec(text);
  return other !== null && nearest(other[1] ?? "", ["sluice"]) !== undefined && isNearWord(other[2]);
}

function isNearWord(word: string | undefined): boolean {
  return word !== undefined && nearest(word, words) !== undefined;
}

function nearMiss(text: string, place: Origin): SluiceError {
  return new SluiceError("SL1012", {
    params: { text, reason: "it is not quite in the form of one" },
    place,
    hint: 'Write "-- sluice: KEY=VALUE" or "-- sluice:down" as a line comment, or reword a comment that is none.',
  });
}
