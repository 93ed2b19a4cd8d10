export type Phase = "expand" | "contract";

/** One versioned change, read from one file. */
export interface Migration {
  /**
   * Canonical version: decimal digits without leading zeros ("0" for zero). Identifies the migration in the
   * history.
   */
  version: string;
  /** What stands after the version in the file name: "add_category". */
  name: string;
  /** Path as the user gave it, for messages: "migrations/001_users.sql". */
  file: string;
  /** SHA-256, hex, of the up part: no BOM, CRLF as LF, comments included. */
  checksum: string;
  /** The up part, CRLF as LF, without BOM. Directive lines are comments and stay in. */
  up: string;
  /** Line of the file on which `up` begins, from 1. */
  upLine: number;
  /**
   * The down part: what follows the `-- sluice:down` line, or undefined where the file has none. A part
   * without a statement counts: it says that there is nothing to do to go back.
   */
  down: string | undefined;
  /** Line of the file on which `down` begins, from 1; absent where there is no down part or no file. */
  downLine?: number;
  directives: Directives;
}

export interface Directives {
  phase: Phase;
  /** False for `transaction=off`. */
  transaction: boolean;
  /** Milliseconds; undefined where the file does not say. */
  lockTimeout: number | undefined;
  statementTimeout: number | undefined;
  breaking: boolean;
  outOfOrder: boolean;
  /** Canonical versions that must be applied before this one. */
  requires: string[];
}

/** A statement of a script, as the splitter found it. */
export interface Statement {
  /** The statement without its semicolon, without leading and trailing white space; comments inside stay. */
  text: string;
  /** Line of the file on which `text` begins, from 1. */
  line: number;
}

/** Something odd in a file that does not stop the run. */
export interface Warning {
  text: string;
  file: string;
  line?: number;
}
