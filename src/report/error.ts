import { formatPlace, type SluiceError } from "../errors.ts";
import { shorten } from "../text/shorten.ts";
import { type Style, styleFor } from "./style.ts";

/** The fields of an error, as in the JSON document of kind Error and in JSON log lines. Absent ones are left out. */
export interface ErrorFields {
  code: string;
  exitCode: number;
  message: string;
  file?: string;
  line?: number;
  column?: number;
  hint: string;
  migration?: string;
  notes?: string[];
}

export function errorFields(error: SluiceError): ErrorFields {
  const { place, migration, notes } = error;
  return {
    code: error.code,
    exitCode: error.exit,
    message: error.message,
    ...(place === undefined ? {} : { file: place.file }),
    ...(place?.line === undefined ? {} : { line: place.line }),
    ...(place?.column === undefined ? {} : { column: place.column }),
    hint: error.hint,
    ...(migration === undefined ? {} : { migration }),
    ...(notes.length === 0 ? {} : { notes: [...notes] }),
  };
}

/** Characters of one message: a server's can be of any length (RAISE with a whole document in it). */
export const LONGEST_MESSAGE = 4000;

/**
 * An error for people: what, where, the notes, the next step, the page. Ends with a newline. A message or note of more
 * than `LONGEST_MESSAGE` is cut; JSON has the whole.
 */
export function renderError(error: SluiceError, style: Style = styleFor(false)): string {
  const lines = [
    `${style.bold(style.red(`error ${error.code}`))}${style.bold(`: ${continued(error.message, 2)}`)}`,
  ];
  if (error.place !== undefined) lines.push(`  ${style.cyan("-->")} ${printable(formatPlace(error.place))}`);
  for (const note of error.notes) lines.push(`  ${continued(note, 2)}`);
  if (error.hint !== "") lines.push(`  ${style.green("next:")} ${continued(error.hint, 8)}`);
  lines.push(style.dim(`  docs: docs/errors/${error.code}.md`));
  return `${lines.join("\n")}\n`;
}

/** Text from a server or a file must not steer the terminal: control characters but newline and tab are spelt out. */
export function printable(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replace(
      /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g,
      (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`,
    );
}

function continued(text: string, indent: number): string {
  return printable(shorten(text, LONGEST_MESSAGE)).replaceAll("\n", `\n${" ".repeat(indent)}`);
}
