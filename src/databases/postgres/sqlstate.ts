/** SQLSTATEs that Sluice decides on (PostgreSQL manual, appendix A). */
export const SQLSTATE = {
  activeTransaction: "25001",
  invalidTransactionTermination: "2D000",
  readOnly: "25006",
  inFailedTransaction: "25P02",
  lockNotAvailable: "55P03",
  queryCanceled: "57014",
  uniqueViolation: "23505",
  invalidText: "22P02",
  invalidParameter: "22023",
  undefinedTable: "42P01",
  duplicateTable: "42P07",
  undefinedColumn: "42703",
  undefinedObject: "42704",
  invalidSchema: "3F000",
  noPrivilege: "42501",
  serializationFailure: "40001",
  deadlock: "40P01",
  tooManyConnections: "53300",
  duplicateDatabase: "42P04",
  objectInUse: "55006",
} as const;

/** What the server says of a failed statement; the fields of the protocol's ErrorResponse (manual 53.8). */
export interface ServerError extends Error {
  code: string;
  severity: string;
  /** Character, from 1, of the sent text. */
  position?: string;
  internalPosition?: string;
  internalQuery?: string;
  detail?: string;
  hint?: string;
  where?: string;
}

/** An answer of the server, as opposed to a broken connection. */
export function isServerError(error: unknown): error is ServerError {
  if (!(error instanceof Error) || !("code" in error) || !("severity" in error)) return false;
  return typeof error.code === "string" && error.code.length === 5;
}

export function hasState(error: unknown, ...states: string[]): boolean {
  return isServerError(error) && states.includes(error.code);
}

/**
 * Errors with which the server ends the session (manual, appendix A: shutdown, crash, dropped database, time-outs of
 * idle sessions and of transactions). By code, because the severity is in the server's language; the rest of class 08 is
 * not among them, because foreign data wrappers report it for the server behind them. 08P01 is how PgBouncer says that
 * the server behind it is gone ("server conn crashed?", "server login has been failing").
 */
const FATAL = ["57P01", "57P02", "57P03", "57P04", "57P05", "25P03", "25P04", "08P01"];

export function endsSession(error: ServerError): boolean {
  return FATAL.includes(error.code);
}

/** The connection is gone, so what it was doing may or may not have happened. */
export function isConnectionLost(error: unknown): boolean {
  return error instanceof ConnectionLost || (isServerError(error) && endsSession(error));
}

/** Raised instead of the driver's several messages when a connection ends under a query. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
}
