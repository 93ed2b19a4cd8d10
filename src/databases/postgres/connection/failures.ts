import { type ErrorCode, SluiceError } from "../../../errors.ts";
import { describeHosts, describeTarget } from "./describe.ts";
import type { Settings } from "./settings.ts";
import { verification } from "./tls.ts";

/** Errors of the system and of the resolver, by the code that Node.js and Bun give them. */
const SYSTEM_ERRORS: Readonly<Record<string, ErrorCode>> = {
  ECONNREFUSED: "SL3020",
  ENOENT: "SL3020",
  ENOTFOUND: "SL3021",
  EAI_AGAIN: "SL3021",
  EAI_FAIL: "SL3021",
  EAI_NODATA: "SL3021",
  EAI_NONAME: "SL3021",
  ENODATA: "SL3021",
  ESERVFAIL: "SL3021",
  ETIMEDOUT: "SL3022",
  EHOSTUNREACH: "SL3023",
  EHOSTDOWN: "SL3023",
  ENETUNREACH: "SL3023",
  ENETDOWN: "SL3023",
  EADDRNOTAVAIL: "SL3023",
  EACCES: "SL3023",
  EPERM: "SL3023",
  ECONNRESET: "SL3024",
  ECONNABORTED: "SL3024",
  EPIPE: "SL3024",
};

/** What pg 8 says in words only (client.js and connection.js). */
const PG_MESSAGES: Readonly<Record<string, ErrorCode>> = {
  "timeout expired": "SL3022",
  "Connection terminated": "SL3024",
  "Connection terminated unexpectedly": "SL3024",
  "Client has encountered a connection error and is not queryable": "SL3024",
  "The server does not support SSL connections": "SL3036",
  // The answer to the request for TLS was cut off or is none: a server that goes, or something that is no PostgreSQL.
  "There was an error establishing an SSL connection": "SL3029",
};

/** Failures that a server answers to a connection (PostgreSQL manual, appendix A), where trying again may help. */
const PASSING_STATES: Readonly<Record<string, ErrorCode>> = {
  "57P01": "SL3025",
  "57P02": "SL3025",
  "57P03": "SL3025",
  "53300": "SL3026",
  "53400": "SL3026",
};

const LASTING_STATES: Readonly<Record<string, ErrorCode>> = {
  "28P01": "SL3030",
  "28000": "SL3032",
  "3D000": "SL3033",
  "42501": "SL3039",
};

interface Failure {
  code: string;
  message: string;
  /** From the server, hence with an SQLSTATE as code. */
  server: boolean;
}

/**
 * Turns the failure of a connection attempt into Sluice's error: exit 69 where the database cannot be reached now,
 * exit 2 where trying again cannot help. Undefined for what is neither (a bug).
 *
 * @param error what `connectClient` caught, or a SluiceError, which is returned as it is.
 */
export function mapConnectError(error: unknown, settings: Settings): SluiceError | undefined {
  const lost = mapLostConnection(error, settings);
  if (lost !== undefined) return lost;
  const failure = describe(error);
  if (failure === undefined) return undefined;
  const { code, message, server } = failure;
  const params = {
    host: describeHosts(settings),
    target: describeTarget(settings),
    user: settings.user,
    database: settings.database,
    source: settings.passwordSource ?? "nowhere",
    sslmode: settings.sslmode,
    message,
  };
  const make = (sl: ErrorCode, notes: string[] = []) => new SluiceError(sl, { params, notes, cause: error });

  if (server) {
    const known = LASTING_STATES[code];
    if (known === "SL3030" && settings.passwordSource === undefined) return make("SL3031");
    return make(known ?? "SL3040", [`the server says: ${message} (SQLSTATE ${code})`]);
  }
  if (PG_MESSAGES[message] !== undefined) return make(PG_MESSAGES[message]);
  if (message.startsWith("SASL: ")) return make("SL3038");
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return make("SL3035", [message]);
  if (isCertificateError(code)) {
    const roots = settings.sslrootcert === undefined ? "" : ` (sslrootcert=${settings.sslrootcert})`;
    return make("SL3034", [`checked: ${verification(settings)}${roots}`]);
  }
  // What OpenSSL (Node.js) and BoringSSL (Bun) say of the handshake and of the files it takes.
  if (/^ERR_(SSL|OSSL|BORINGSSL|CRYPTO|TLS)/.test(code) || code === "EPROTO") return make("SL3037");
  return undefined;
}

/**
 * The part of mapConnectError that also fits the failure of a query: the connection is gone, or the server goes. Every
 * other error of a query gives undefined.
 */
export function mapLostConnection(error: unknown, settings: Settings): SluiceError | undefined {
  if (error instanceof SluiceError) return error;
  const failure = describe(error);
  if (failure === undefined) return undefined;
  const { code, message, server } = failure;
  const host = describeHosts(settings);
  if (server) {
    const known = PASSING_STATES[code] ?? (code.startsWith("08") ? "SL3028" : undefined);
    if (known === undefined) return undefined;
    const notes = [`the server says: ${message} (SQLSTATE ${code})`];
    return new SluiceError(known, { params: { host }, notes, cause: error });
  }
  const known = SYSTEM_ERRORS[code] ?? PG_MESSAGES[message];
  if (known === undefined || Number(known.slice(2)) >= 3030) return undefined;
  const seconds = settings.connectTimeoutMs / 1000;
  return new SluiceError(known, { params: { host, reason: code || message, seconds }, cause: error });
}

/** True for pg's word for a server that answered 'N' to the request for TLS. */
export function unsupportedTls(error: unknown): boolean {
  return error instanceof Error && PG_MESSAGES[error.message] === "SL3036";
}

function describe(error: unknown): Failure | undefined {
  // Node.js tries every address of a name and gathers the failures.
  if (error instanceof AggregateError && error.errors.length > 0) return describe(error.errors[0]);
  if (!(error instanceof Error)) return undefined;
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  return {
    code: typeof code === "string" ? code : "",
    message: error.message,
    server: severity !== undefined && typeof code === "string",
  };
}

/** The names of OpenSSL's verification failures (X509_V_ERR_*), as both runtimes give them. */
function isCertificateError(code: string): boolean {
  return /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|CRL_|ERROR_IN_CERT|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|HOSTNAME_MISMATCH)/.test(
    code,
  );
}
