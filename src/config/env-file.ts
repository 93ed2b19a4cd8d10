import { readFile } from "node:fs/promises";
import type { Environment } from "../cli/option.ts";
import { SluiceError } from "../errors.ts";
import { fileReason } from "../text/file-reason.ts";

/**
 * The environment with the files below it: a variable of the process wins, of the files the last one.
 * Throws SL2020 for a file that cannot be read, SL2021 with the line for one that is no list of variables.
 */
export async function withEnvFiles(env: Environment, files: readonly string[]): Promise<Environment> {
  const merged: Record<string, string | undefined> = {};
  for (const file of files) {
    const text = await readFile(file, "utf8").catch((cause: unknown) => {
      throw new SluiceError("SL2020", { params: { file, reason: fileReason(cause) }, cause });
    });
    Object.assign(merged, parseEnvFile(text, file));
  }
  for (const [name, value] of Object.entries(env)) if (value !== undefined) merged[name] = value;
  return merged;
}

const escapes: Record<string, string> = { "\\n": "\n", '\\"': '"', "\\\\": "\\" };

/**
 * Variables of KEY=VALUE lines. (`parseEnv` of node:util passes over lines that it does not understand, and says no
 * line: a misspelt one would be a setting that silently does not hold.) Throws SL2021.
 */
export function parseEnvFile(text: string, file: string): Record<string, string> {
  const values: Record<string, string> = {};
  const source = text.replace(/^\ufeff/, "").replaceAll("\r\n", "\n");
  let at = 0;
  let line = 1;
  const fail = (reason: string): never => {
    throw new SluiceError("SL2021", { params: { reason }, place: { file, line } });
  };
  /** Matches at the current position and moves behind the match. */
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(source) ?? undefined;
    at += match?.[0].length ?? 0;
    return match;
  };
  while (at < source.length) {
    if (take(/[ \t]*(#[^\n]*)?(\n|$)/y) === undefined) {
      const key = take(/[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.]*)[ \t]*=/y)?.[1];
      if (key === undefined) fail("the line is not KEY=VALUE");
      if (source[at] === "#") fail("a value that begins with # stands in quotes");
      take(/[ \t]*/y);
      const start = at;
      const quoted = take(/'([^']*)'|"((?:\\[\s\S]|[^"\\])*)"/y);
      if (quoted === undefined && /['"]/.test(source[at] ?? "")) fail("a quoted value has no end");
      const raw = quoted ?? take(/(?=#)|[^\n]*?(?=[ \t]+#|[ \t]*(?:\n|$))/y);
      values[key as string] =
        quoted?.[1] ?? quoted?.[2]?.replace(/\\[n"\\]/g, (pair) => escapes[pair] ?? pair) ?? raw?.[0] ?? "";
      line += source.slice(start, at).split("\n").length - 1;
      if (take(/[ \t]*(#[^\n]*)?(\n|$)/y) === undefined) fail("there is something behind the quoted value");
    }
    line++;
  }
  return values;
}
