import { readFileSync, statSync } from "node:fs";

export interface PassfileQuery {
  /** As in the file: `localhost` stands for a socket in its default folder. */
  host: string;
  port: number;
  database: string;
  user: string;
}

export interface Passfile {
  /** The password of the first line that matches, or undefined. */
  find(query: PassfileQuery): string | undefined;
  warnings: string[];
}

/**
 * Opens a libpq password file (PostgreSQL manual 34.16). A file that is missing is the same as an empty one; a file
 * that others may read is passed over with a warning, as libpq does.
 */
export function openPassfile(path: string): Passfile {
  const empty = (...warnings: string[]): Passfile => ({ find: () => undefined, warnings });
  let text: string;
  try {
    const stat = statSync(path);
    if (!stat.isFile()) return empty(`the password file ${path} is not a plain file and was passed over`);
    if (process.platform !== "win32" && (stat.mode & 0o077) !== 0) {
      const mode = (stat.mode & 0o777).toString(8).padStart(4, "0");
      return empty(
        `the password file ${path} was passed over: others may read it (mode ${mode}; it must be 0600 or less)`,
      );
    }
    text = readFileSync(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return code === "ENOENT" || code === "ENOTDIR"
      ? empty()
      : empty(`the password file ${path} cannot be read (${code})`);
  }
  return { find: (query) => findPassword(text, query), warnings: [] };
}

/** Exported for tests: looks a password up in the text of a password file. */
export function findPassword(text: string, query: PassfileQuery): string | undefined {
  const wanted = [query.host, String(query.port), query.database, query.user];
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith("#")) continue;
    // Only `\:` and `\\` need an escape, but libpq takes any character behind a backslash as it is.
    const fields = line.match(/(?:\\[\s\S]?|[^:\\])*(?::|$)/g) ?? [];
    if (fields.length < 5) continue;
    const matches = wanted.every((value, index) => {
      const field = fields[index]!.slice(0, -1);
      return field === "*" || unescapeField(field) === value;
    });
    // Like libpq, which stops at the next ':' that is not escaped.
    if (matches) return unescapeField(fields[4]!.replace(/:$/, "")) || undefined;
  }
  return undefined;
}

function unescapeField(text: string): string {
  return text.replace(/\\([\s\S])/g, "$1");
}
