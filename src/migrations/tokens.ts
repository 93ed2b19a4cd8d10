/**
 * The lexical rules of PostgreSQL (manual, section 4.1; scan.l), as far as they decide where a statement, a
 * string or a comment ends. One token object is moved along the text, so that a large script costs no
 * garbage.
 */
export const Kind = {
  end: 0,
  word: 1,
  /** A string of any sort, a quoted identifier or a dollar-quoted string. */
  quoted: 2,
  lineComment: 3,
  blockComment: 4,
  semicolon: 5,
  open: 6,
  close: 7,
  backslash: 8,
  /** Anything else: operators, digits, commas. */
  other: 9,
  /** A quote or a comment that the text ends in; `start` is where it began. */
  unterminated: 10,
} as const;

export type Kind = (typeof Kind)[keyof typeof Kind];

/** Offsets into the text, in UTF-16 code units; `end` is exclusive. */
export interface Token {
  kind: Kind;
  start: number;
  end: number;
}

/** A token that stands before the text; the first call of `advance` moves it to the first token. */
export function beforeFirst(): Token {
  return { kind: Kind.end, start: 0, end: 0 };
}

const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const QUOTE = 39;
const STAR = 42;
const DASH = 45;
const SLASH = 47;
const BACKSLASH = 92;
const DOLLAR = 36;

/**
 * Moves the token to the next one, over white space; comments are tokens.
 * Returns false at the end of the text, where `start` and `end` are its length.
 */
export function advance(sql: string, token: Token): boolean {
  const start = skipSpace(sql, token.end);
  token.start = start;
  if (start >= sql.length) {
    token.kind = Kind.end;
    token.end = start;
    return false;
  }
  const code = sql.charCodeAt(start);
  if (isWordStart(code)) return word(sql, token, code);
  switch (code) {
    case QUOTE:
      return quoted(token, endOfPlainQuote(sql, start, "'"), sql);
    case 34:
      return quoted(token, endOfPlainQuote(sql, start, '"'), sql);
    case DOLLAR:
      return dollar(sql, token);
    case DASH:
      if (sql.charCodeAt(start + 1) !== DASH) return single(token, Kind.other);
      token.kind = Kind.lineComment;
      token.end = endOfLine(sql, start + 2);
      return true;
    case SLASH:
      return sql.charCodeAt(start + 1) === STAR ? blockComment(sql, token) : single(token, Kind.other);
    case 59:
      return single(token, Kind.semicolon);
    case 40:
      return single(token, Kind.open);
    case 41:
      return single(token, Kind.close);
    case BACKSLASH:
      return single(token, Kind.backslash);
    default:
      return single(token, Kind.other);
  }
}

function single(token: Token, kind: Kind): true {
  token.kind = kind;
  token.end = token.start + 1;
  return true;
}

/** `end` is -1 where the closing quote is missing. */
function quoted(token: Token, end: number, sql: string): true {
  token.kind = end < 0 ? Kind.unterminated : Kind.quoted;
  token.end = end < 0 ? sql.length : end;
  return true;
}

/** White space as scan.l has it (not what JavaScript takes for it: U+00A0 is a letter to PostgreSQL). */
export function isSpace(code: number): boolean {
  return code === SPACE || (code >= TAB && code <= RETURN);
}

function skipSpace(sql: string, from: number): number {
  let at = from;
  while (isSpace(sql.charCodeAt(at))) at++;
  return at;
}

/** Letters, the underscore and everything beyond ASCII. */
function isWordStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code >= 128;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function word(sql: string, token: Token, first: number): true {
  let at = token.start + 1;
  let code = sql.charCodeAt(at);
  while (isWordStart(code) || isDigit(code) || code === DOLLAR) code = sql.charCodeAt(++at);
  // E'...' is the only prefix that changes where a string ends; B, X, N and U& strings end as plain ones do.
  if (code === QUOTE && at === token.start + 1 && (first === 69 || first === 101)) {
    return quoted(token, endOfEscapeString(sql, at), sql);
  }
  token.kind = Kind.word;
  token.end = at;
  return true;
}

/** A doubled quote needs no care: it reads as the end of one string and the beginning of the next. */
function endOfPlainQuote(sql: string, open: number, quote: string): number {
  return sql.indexOf(quote, open + 1) + 1 || -1;
}

function endOfEscapeString(sql: string, open: number): number {
  let at = open + 1;
  for (;;) {
    const code = sql.charCodeAt(at);
    if (code === BACKSLASH) at += 2;
    else if (code === QUOTE) {
      if (sql.charCodeAt(at + 1) === QUOTE) {
        at += 2;
        continue;
      }
      const next = continuation(sql, at + 1);
      if (next < 0) return at + 1;
      at = next + 1;
    } else if (at >= sql.length) return -1;
    else at++;
  }
}

/**
 * Strings with a line break between them are one string, of the first one's sort (manual, 4.1.2.1): the
 * second half of E'a' 'b\'c' has escapes too. Returns the offset of the quote that goes on, or -1. Line
 * comments count as space.
 */
function continuation(sql: string, from: number): number {
  let at = from;
  let newline = false;
  for (;;) {
    const code = sql.charCodeAt(at);
    if (code === NEWLINE || code === RETURN) newline = true;
    else if (code === DASH && sql.charCodeAt(at + 1) === DASH) {
      at = endOfLine(sql, at);
      continue;
    } else if (!isSpace(code)) return newline && code === QUOTE ? at : -1;
    at++;
  }
}

/**
 * `$1` is a parameter, `$tag$` a quote whose tag is an identifier without dollar signs, any other `$` itself.
 */
function dollar(sql: string, token: Token): true {
  let at = token.start + 1;
  let code = sql.charCodeAt(at);
  if (isWordStart(code)) while (isWordStart(code) || isDigit(code)) code = sql.charCodeAt(++at);
  if (code !== DOLLAR) return single(token, Kind.other);
  const tag = sql.slice(token.start, at + 1);
  const close = sql.indexOf(tag, at + 1);
  return quoted(token, close < 0 ? -1 : close + tag.length, sql);
}

function blockComment(sql: string, token: Token): true {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = token.start + 2;
  let depth = 1;
  while (depth > 0) {
    const match = edge.exec(sql);
    if (match === null) {
      token.kind = Kind.unterminated;
      token.end = sql.length;
      return true;
    }
    depth += match[0] === "/*" ? 1 : -1;
  }
  token.kind = Kind.blockComment;
  token.end = edge.lastIndex;
  return true;
}

/** A line comment ends at a line feed or at a lone carriage return, whichever comes first. */
function endOfLine(sql: string, from: number): number {
  let at = from;
  while (at < sql.length) {
    const code = sql.charCodeAt(at);
    if (code === NEWLINE || code === RETURN) break;
    at++;
  }
  return at;
}
