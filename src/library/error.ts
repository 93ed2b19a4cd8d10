import { SluiceError as Internal } from "../errors.ts";

/**
 * What the functions of this library reject with, apart from the reason of an aborted signal. Its message,
 * hint and notes never hold a password.
 */
export interface SluiceError extends Error {
  readonly name: "SluiceError";
  /** Stable code, "SL4020"; each has a page in docs/errors. */
  readonly code: string;
  /** What the command would exit with: 2 to 5 do not pass by themselves, 69, 75 and 124 may. */
  readonly exit: number;
  /**
   * The next step, as an instruction. It names flags of the command; the options of the library are called
   * alike.
   */
  readonly hint: string;
  /** Where in a file it stands; line and column count from 1. */
  readonly place: { file: string; line?: number; column?: number } | undefined;
  /** Further lines: the statement, the server's DETAIL, who is in the way. */
  readonly notes: readonly string[];
  /** Version of the migration that it is about. */
  readonly migration: string | undefined;
}

/** For `instanceof`; not to be constructed by applications. */
export const SluiceError: abstract new (...internal: never) => SluiceError = Internal;
