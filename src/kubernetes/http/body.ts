import { ConnectionError } from "../api-error.ts";

/**
 * The bytes of an answer as they come. A stream in which nothing comes for `idleMs` is given up: a half-open
 * connection looks like one on which nothing happens. Whoever stops reading ends the connection.
 * @param abandon ends the connection; called when the stream is given up or left.
 * @throws ConnectionError where the stream was reset, or fell silent.
 */
export async function* chunksOf(
  answer: Response,
  idleMs: number | undefined,
  abandon: (reason: Error) => void,
): AsyncGenerator<Uint8Array> {
  if (answer.body === null) return;
  const reader = answer.body.getReader();
  let silent: ConnectionError | undefined;
  let timer: NodeJS.Timeout | undefined;
  const listen = () => {
    clearTimeout(timer);
    if (idleMs === undefined) return;
    timer = setTimeout(() => {
      silent = new SilenceError(idleMs);
      abandon(silent);
    }, idleMs);
  };
  let ended = false;
  try {
    for (;;) {
      listen();
      const { done, value } = await reader.read();
      if (done) {
        ended = true;
        return;
      }
      clearTimeout(timer);
      yield value;
    }
  } catch (error) {
    ended = true;
    throw silent ?? connectionError(error);
  } finally {
    clearTimeout(timer);
    if (!ended) abandon(new Error("no longer read"));
  }
}

/** Nothing came for too long. */
export class SilenceError extends ConnectionError {
  constructor(ms: number) {
    super(`nothing came for ${ms / 1000} s`);
  }
}

/** What fetch or a stream threw, as a ConnectionError in words; one of our own stays as it is. */
export function connectionError(error: unknown): Error {
  if (error instanceof ConnectionError) return error;
  const { code, message } = error as { code?: unknown; message?: unknown };
  const key = typeof code === "string" ? code : "";
  const text = typeof message === "string" ? message : String(error);
  return new ConnectionError(REASONS[key] ?? text.replace(/ For more information, pass `verbose.*$/, ""), {
    cause: error,
  });
}

const untrusted = "its certificate is not signed by the certificate authority of the configuration";

/** Codes of fetch (seen with Bun 1.4.5, which names those of TLS as OpenSSL and Node.js do). */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "the connection was cut",
  // What Bun says of a certificate or key that it cannot read, too.
  FailedToOpenSocket: "the connection cannot be opened (is the address right, and each certificate?)",
  ENOTFOUND: "its name cannot be resolved",
  EAI_AGAIN: "its name cannot be resolved at the moment",
  ETIMEDOUT: "connecting took too long",
  EHOSTUNREACH: "no route to it",
  ENETUNREACH: "no route to its network",
  EPROTO: "the TLS handshake failed (does it speak TLS on this port?)",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name (see tls-server-name)",
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CERT_SIGNATURE_FAILURE: untrusted,
  CERT_HAS_EXPIRED: "its certificate has expired (or the clock here is wrong)",
  CERT_NOT_YET_VALID: "its certificate is not valid yet (or the clock here is wrong)",
};
