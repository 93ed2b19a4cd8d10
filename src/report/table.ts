/** Two columns: East Asian wide and full-width forms, and emoji (Unicode Standard Annex 11). */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
/** No column: combining marks, joiners, variation selectors. */
const zero = /\p{Mn}|\p{Me}|\p{Cf}/u;
const escapes = /\x1b\[[0-9;]*m/g;

/** Columns that a text takes on a terminal; colours take none. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const char of text.replace(escapes, "")) width += zero.test(char) ? 0 : wide.test(char) ? 2 : 1;
  return width;
}

/** The text filled up with spaces on the right. */
export function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

/** A text table: columns two spaces apart, nothing behind the last one. Takes cells of one line; ends with a newline. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => displayWidth(row[column] ?? ""))));
  return all
    .map((row) => `${widths.map((width, column) => pad(row[column] ?? "", width)).join("  ")}`.trimEnd())
    .map((line) => `${line}\n`)
    .join("");
}

/**
 * Names on the left, wrapped explanations on the right, as in a help text. A name that is too long for its column has
 * a line of its own. Takes the total width; ends with a newline.
 */
export function definitions(rows: readonly (readonly [string, string])[], indent = 2, width = 100): string {
  const left = Math.min(30, Math.max(0, ...rows.map(([name]) => displayWidth(name))));
  const margin = " ".repeat(indent + left + 2);
  let text = "";
  for (const [name, explanation] of rows) {
    const lines = wrap(explanation, width - margin.length);
    const fits = displayWidth(name) <= left;
    text += `${" ".repeat(indent)}${fits ? `${pad(name, left)}  ${lines.shift() ?? ""}`.trimEnd() : name}\n`;
    for (const line of lines) text += `${margin}${line}\n`;
  }
  return text;
}

/** Lines of at most `width` columns, broken at spaces; a longer word stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return line === "" ? lines : [...lines, line];
}
