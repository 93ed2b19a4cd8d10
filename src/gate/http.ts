import { SluiceError } from "../errors.ts";
import type { Condition, Verdict } from "./condition.ts";
import { ANSWERED, formatStatuses, matches, type StatusRange } from "./http-status.ts";
import { connectionProblem, polledCondition } from "./poll.ts";

/** Time for one request, in milliseconds; redirects have their own each. */
const PATIENCE = 5000;

const MOST_REDIRECTS = 10;

export interface HttpOptions {
  /** The statuses that open it; those that the kubelet's probes take unless told. */
  statuses?: readonly StatusRange[] | undefined;
  headers?: Readonly<Record<string, string>>;
  /** PEM; instead of the authorities that come with the runtime. */
  ca?: string | undefined;
  /** Do not verify the server's certificate. */
  insecure?: boolean;
}

/**
 * Reads an http(s) URL.
 * @throws SluiceError SL5006 (exit 2).
 */
export function readHttpUrl(target: string): URL {
  const url = URL.canParse(target) ? new URL(target) : undefined;
  if (url !== undefined && /^https?:\/\/[^/]/i.test(target) && url.hostname !== "") return url;
  const suggestion = "Write the whole address: https://HOST[:PORT]/PATH.";
  throw new SluiceError("SL5006", {
    params: { target: withoutSecrets(target), problem: "it is not an address", suggestion },
  });
}

/**
 * Reads the values of `--header`, "Name: value".
 * @throws SluiceError SL5007 (exit 2); without the value, which may be a secret.
 */
export function readHeaders(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*:\s*([^\r\n\0]*)$/.exec(text) ?? [];
      if (name !== undefined && value !== undefined) return [name, value];
      throw new SluiceError("SL5007", {
        params: { problem: `--header ${JSON.stringify(text.split(/[:=\s]/)[0])} is not a header` },
        hint: "Write `--header 'NAME: VALUE'`.",
      });
    }),
  );
}

/** The address as it may be shown: neither a password nor the values of a query. */
export function shownUrl(url: URL): string {
  const user = url.username === "" ? "" : `${url.username}${url.password === "" ? "" : ":***"}@`;
  return `${url.protocol}//${user}${url.host}${url.pathname}${url.search === "" ? "" : "?..."}`;
}

function withoutSecrets(text: string): string {
  return text.replace(/\/\/\S*@/, "//***@").replace(/\?.*$/s, "?...");
}

/**
 * Opens when a GET is answered with a status that counts. Redirects are followed, unless `statuses` names the
 * redirect itself. Headers and credentials go to the target's own origin only.
 */
export function httpCondition(url: URL, options: HttpOptions): Condition {
  return polledCondition(shownUrl(url), (signal) => probe(url, options, signal));
}

async function probe(start: URL, options: HttpOptions, signal: AbortSignal): Promise<Verdict> {
  const statuses = options.statuses ?? ANSWERED;
  let url = start;
  for (let redirects = 0; ; redirects++) {
    let answer: Answer;
    try {
      answer = await get(url, options, url.origin === start.origin, signal);
    } catch (error) {
      return { open: false, reason: problemOf(error, url) };
    }
    const { status, location } = answer;
    const named = options.statuses !== undefined && matches(status, options.statuses);
    if (location === undefined || named) {
      if (matches(status, statuses)) return { open: true };
      const from = url === start ? "it" : shownUrl(url);
      return { open: false, reason: `${from} answers ${status}, not ${formatStatuses(statuses)}` };
    }
    if (redirects === MOST_REDIRECTS)
      return { open: false, reason: `it redirects more than ${MOST_REDIRECTS} times` };
    const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
    if (next === undefined || !/^https?:$/.test(next.protocol))
      return { open: false, reason: `it answers ${status} with an address that cannot be followed` };
    url = next;
  }
}

interface Answer {
  status: number;
  /** Where it redirects to. */
  location: string | undefined;
}

async function get(url: URL, options: HttpOptions, isOwn: boolean, signal: AbortSignal): Promise<Answer> {
  const isTls = url.protocol === "https:";
  const headers: Record<string, string> = { "user-agent": "sluice", ...(isOwn ? options.headers : {}) };
  const auth =
    isOwn && url.username !== ""
      ? `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
      : undefined;
  const late = Object.assign(new Error("no answer"), { code: "ETIMEDOUT" });
  // Loaded here, because most gates wait for something else.
  const { request: open } = isTls ? await import("node:https") : await import("node:http");
  return new Promise((resolve, reject) => {
    const request = open({
      hostname: url.hostname.replace(/^\[|\]$/g, ""),
      port: url.port === "" ? (isTls ? 443 : 80) : Number(url.port),
      path: `${url.pathname}${url.search}`,
      headers,
      agent: false,
      ...(auth !== undefined && { auth }),
      ...(isTls && options.ca !== undefined && { ca: options.ca }),
      ...(isTls && { rejectUnauthorized: options.insecure !== true }),
    });
    const end = (settle: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      settle();
      request.destroy();
    };
    const stop = () => end(() => reject(signal.reason));
    const timer = setTimeout(() => end(() => reject(late)), PATIENCE);
    signal.addEventListener("abort", stop, { once: true });
    request.on("error", (error) => end(() => reject(error)));
    request.on("response", (response) => {
      const { statusCode: status = 0, headers: given } = response;
      const isRedirect = [301, 302, 303, 307, 308].includes(status);
      end(() => resolve({ status, location: isRedirect ? given.location : undefined }));
    });
    request.end();
  });
}

function problemOf(error: unknown, url: URL): string {
  const code = String((error as { code?: unknown }).code ?? "");
  if (/CERT|SELF_SIGNED|UNABLE_TO_|ISSUER|ALTNAME/.test(code))
    return `the certificate of ${url.host} is not trusted: ${(error as Error).message}`;
  return connectionProblem(error, url.host);
}
