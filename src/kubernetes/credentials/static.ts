import { type Place, SluiceError } from "../../errors.ts";
import type { Credentials } from "../endpoint.ts";
import { createReader, type Source } from "./files.ts";
import type { Pair } from "./pair.ts";

/** What identifies a user without asking a program. */
export interface StaticSources {
  token?: Source | undefined;
  /** User and password. */
  basic?: { user: string; password: string } | undefined;
  pair?: (() => Pair) | undefined;
  place?: Place | undefined;
}

/**
 * Tokens, passwords and client certificates. A 401 has them read again, which helps where a token was replaced
 * between reading and asking.
 */
export function staticCredentials(sources: StaticSources): Credentials {
  const token = sources.token === undefined ? undefined : createReader(sources.token);
  const { basic, pair, place } = sources;
  let sent: string | undefined;
  let good: string | undefined;
  /** While the file is being replaced, the token that was in it before goes on. */
  const tokenOf = (text: string): string => {
    try {
      good = checkToken(text.trim(), place);
      return good;
    } catch (error) {
      if (good === undefined) throw error;
      return good;
    }
  };
  const authorization = (): string | undefined => {
    if (token !== undefined) return `Bearer ${tokenOf(token())}`;
    if (basic === undefined) return undefined;
    return `Basic ${Buffer.from(`${basic.user}:${basic.password}`).toString("base64")}`;
  };
  return {
    current: async () => {
      sent = authorization();
      return { authorization: sent, ...pair?.() };
    },
    refused: () => token !== undefined && authorization() !== sent,
  };
}

/** A header takes no control characters; the message must not repeat what is one. */
export function checkToken(token: string, place?: Place): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new SluiceError("SL7010", {
    params: { key: "token", reason: "it has characters that no token has (blanks, line breaks)" },
    ...(place === undefined ? {} : { place }),
  });
}
