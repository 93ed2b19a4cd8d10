import { checkErrors } from "./errors/check.ts";
import { cliErrors } from "./errors/cli.ts";
import { commandErrors } from "./errors/commands.ts";
import { databaseErrors } from "./errors/database.ts";
import { demoErrors } from "./errors/demo.ts";
import { downErrors } from "./errors/down.ts";
import { engineErrors } from "./errors/engine.ts";
import { gateErrors } from "./errors/gate.ts";
import { historyErrors } from "./errors/history.ts";
import { kubernetesErrors } from "./errors/kubernetes.ts";
import { libraryErrors } from "./errors/library.ts";
import { manifestErrors } from "./errors/manifests.ts";
import { migrationErrors } from "./errors/migrations.ts";
import { rehearseErrors } from "./errors/rehearse.ts";
import { repairErrors } from "./errors/repair.ts";
import { runErrors } from "./errors/run.ts";

/**
 * Exit statuses, the same for every command (docs/reference/exit-codes.md). The Job's podFailurePolicy fails at once
 * on 2 to 5 and retries the rest, so a status may only be 2 to 5 when trying again cannot help.
 */
export type ExitStatus = 1 | 2 | 3 | 4 | 5 | 69 | 70 | 75 | 124 | 130 | 143;

/** One entry of the catalogue: what `docs/errors/<code>.md` is generated from. */
export interface ErrorEntry {
  exit: ExitStatus;
  /** Heading of the page; no full stop. */
  title: string;
  /** The sentence; `{name}` is replaced by the parameter of that name. */
  message: string;
  /** The next step, as an instruction; `{name}` as in the message. */
  hint: string;
  /** Why this happens and what to look at: a paragraph or two of Markdown for the page. */
  page: string;
}

export const catalogue = {
  ...migrationErrors,
  ...cliErrors,
  ...commandErrors,
  ...checkErrors,
  ...libraryErrors,
  ...databaseErrors,
  ...historyErrors,
  ...engineErrors,
  ...runErrors,
  ...downErrors,
  ...repairErrors,
  ...gateErrors,
  ...kubernetesErrors,
  ...manifestErrors,
  ...rehearseErrors,
  ...demoErrors,
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof catalogue;

/** Where in a file an error stands. `line` and `column` count from 1. */
export interface Place {
  file: string;
  line?: number;
  column?: number;
}

export interface ErrorDetails {
  /** Values of the placeholders in message and hint. */
  params?: Record<string, string | number>;
  place?: Place;
  /** Lines printed below the message: a source excerpt, the server's DETAIL, a list. */
  notes?: string[];
  /** Replaces the catalogue's hint where a more exact one is known. */
  hint?: string;
  cause?: unknown;
  /** Version of the migration that the error is about, for the termination message. */
  migration?: string;
}

/** The only error that Sluice raises on purpose; anything else that reaches `main` is a bug (exit 70). */
export class SluiceError extends Error {
  /** Node.js prints the name of the class, which a bundler may change. */
  static override readonly name = "SluiceError";
  override readonly name = "SluiceError";
  readonly code: ErrorCode;
  readonly exit: ExitStatus;
  readonly hint: string;
  readonly place: Place | undefined;
  readonly notes: readonly string[];
  readonly migration: string | undefined;

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    const entry: ErrorEntry = catalogue[code];
    const params = Object.fromEntries(
      Object.entries(details.params ?? {}).map(([name, value]) => [name, withoutCredentials(String(value))]),
    );
    super(fill(entry.message, params), details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.exit = entry.exit;
    this.hint = details.hint === undefined ? fill(entry.hint, params) : withoutCredentials(details.hint);
    this.place = details.place && { ...details.place, file: withoutCredentials(details.place.file) };
    this.notes = (details.notes ?? []).map(withoutCredentials);
    this.migration = details.migration;
  }
}

function fill(template: string, params: Record<string, string>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => params[name] ?? whole);
}

/**
 * What an error repeats may be an address in the wrong place (`sluice migrate postgres://...`), or one in a statement.
 * Takes too much rather than too little: up to the last `@` of the word.
 */
function withoutCredentials(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)\S*@/gi, "$1***@")
    .replace(/([?&\s](?:ssl)?password=)[^\s&]+/gi, "$1***");
}

/** "file:line:column" as editors and terminals understand it. */
export function formatPlace(place: Place): string {
  return [place.file, place.line, place.column].filter((part) => part !== undefined).join(":");
}
