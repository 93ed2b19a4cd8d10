import type { Credentials } from "../endpoint.ts";
import { createReader, type Source } from "./files.ts";
import type { Pair } from "./pair.ts";

/** What identifies a user without asking a program. */
export interface StaticSources {
  token?: Source | undefined;
  /** User and password. */
  basic?: { user: string; password: string } | undefined;
  pair?: (() => Pair) | undefined;
}

/**
 * Tokens, passwords and client certificates. A 401 has them read again, which helps where a token was replaced
 * between reading and asking.
 */
export function staticCredentials({ token, basic, pair }: StaticSources): Credentials {
  const read = token === undefined ? undefined : createReader(token, { problem: tokenProblem });
  let sent: string | undefined;
  const authorization = (): string | undefined => {
    if (read !== undefined) return `Bearer ${read().trim()}`;
    if (basic === undefined) return undefined;
    return `Basic ${Buffer.from(`${basic.user}:${basic.password}`).toString("base64")}`;
  };
  return {
    current: async () => {
      sent = authorization();
      return { authorization: sent, ...pair?.() };
    },
    refused: () => read !== undefined && authorization() !== sent,
  };
}

/** What is wrong with a token, without repeating it: a header takes no control characters. */
export function tokenProblem(token: string): string | undefined {
  if (/^[\x21-\x7e]+$/.test(token.trim())) return undefined;
  return "it has characters that no token has (blanks, line breaks)";
}
