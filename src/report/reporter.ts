import type { SluiceError } from "../errors.ts";
import { errorFields, printable, renderError } from "./error.ts";
import type { Output } from "./output.ts";
import { coloured, type Style, styleFor } from "./style.ts";

export const apiVersion = "cli.sluice.dev/v1";

export interface ReporterSettings {
  stdout: Output;
  stderr: Output;
  output: "text" | "json";
  logFormat: "text" | "json";
  quiet: boolean;
  verbose: boolean;
  /** False for --no-color. */
  color: boolean;
  /** For NO_COLOR, FORCE_COLOR and TERM. */
  env: Readonly<Record<string, string | undefined>>;
}

/** More about a line, for JSON logs; the message alone must say it all to people. */
export type Fields = Readonly<Record<string, unknown>>;

/** All output of a command goes through this: the result to standard output, everything else to standard error. */
export interface Reporter {
  readonly output: "text" | "json";
  /** Style of standard output, for the text given to `result`. */
  readonly style: Style;
  /**
   * The result of the command: `text` (a newline is added where it has none), or with `-o json` one document
   * `{apiVersion, kind, ...json}`. At most once a command.
   */
  result(kind: string, json: object, text: string | (() => string)): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  /** Shown with --verbose only. */
  debug(message: string, fields?: Fields): void;
  /** The error that ends the command; with `-o json` also as the document, unless a result was already written. */
  failure(error: SluiceError): void;
}

export function createReporter(settings: ReporterSettings): Reporter {
  const { stdout, stderr, output, logFormat, quiet, verbose, color, env } = settings;
  const style = styleFor(output === "text" && coloured(stdout, env, color));
  const errorStyle = styleFor(logFormat === "text" && coloured(stderr, env, color));
  let written = false;

  const log = (level: string, label: string, message: string, fields: Fields = {}): void => {
    if (logFormat === "json") {
      // The first three cannot be replaced by a field of the same name.
      const line = { time: new Date().toISOString(), level, message };
      stderr.write(`${JSON.stringify({ ...line, ...fields, ...line })}\n`);
    } else stderr.write(`${label}${printable(message)}\n`);
  };
  const document = (kind: string, json: object): void => {
    written = true;
    stdout.write(`${JSON.stringify({ apiVersion, kind, ...json }, null, 2)}\n`);
  };

  return {
    output,
    style,
    result(kind, json, text) {
      if (output === "json") return document(kind, json);
      const plain = typeof text === "function" ? text() : text;
      if (plain !== "") stdout.write(plain.endsWith("\n") ? plain : `${plain}\n`);
    },
    info(message, fields) {
      if (!quiet) log("info", "", message, fields);
    },
    warn(message, fields) {
      log("warning", `${errorStyle.yellow("warning:")} `, message, fields);
    },
    debug(message, fields) {
      if (verbose) log("debug", `${errorStyle.dim("debug:")} `, message, fields);
    },
    failure(error) {
      const { message, ...fields } = errorFields(error);
      if (logFormat === "json") log("error", "", message, fields);
      else stderr.write(renderError(error, errorStyle));
      if (output === "json" && !written) document("Error", errorFields(error));
    },
  };
}
