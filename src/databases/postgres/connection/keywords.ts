import { SluiceError } from "../../../errors.ts";

/**
 * Reads libpq's keyword form, `host=db.example dbname='my app'` (PostgreSQL manual 34.1.1.1): blanks around `=` are
 * allowed, a value with blanks stands in single quotes, a backslash takes the next character as it is.
 *
 * @throws SluiceError SL3005, which repeats nothing of the text.
 */
export function parseKeywords(text: string, from: string): { name: string; value: string }[] {
  const pairs: { name: string; value: string }[] = [];
  const pattern =
    /\s*(?:([^\s=]+)\s*=\s*(?:'((?:\\[\s\S]|[^'\\])*)'|((?:\\[\s\S]|[^\s\\'])(?:\\[\s\S]|[^\s\\])*)?)(?=\s|$)|$)/gy;
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (match === null) {
      throw new SluiceError("SL3005", {
        params: { from, problem: "it is not a list of NAME=VALUE" },
        hint: "put a value that holds blanks into single quotes, and a backslash before a quote or backslash in it",
      });
    }
    if (match[1] !== undefined) {
      pairs.push({ name: match[1], value: (match[2] ?? match[3] ?? "").replace(/\\([\s\S])/g, "$1") });
    }
  }
  return pairs;
}
