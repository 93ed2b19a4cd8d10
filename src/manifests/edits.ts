/** A part of a text, by offsets, and what stands there afterwards. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Of two at the same place this one comes later: a new key stands behind what a list before it gets. */
  readonly later?: true;
}

/**
 * Applies edits that do not overlap; those at the same place in the order given. The same edit twice is one: two
 * objects that share a node by an alias ask for the same.
 */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const seen = new Set<string>();
  const all = edits.filter(({ start, end, text: inserted }) => {
    const key = `${start} ${end} ${inserted}`;
    return !seen.has(key) && seen.add(key) !== undefined;
  });
  let result = "";
  let from = 0;
  const rank = ({ later }: Edit) => (later === true ? 1 : 0);
  for (const edit of all.sort((a, b) => a.start - b.start || rank(a) - rank(b))) {
    result += text.slice(from, Math.max(from, edit.start)) + edit.text;
    from = Math.max(from, edit.end);
  }
  return result + text.slice(from);
}

/** Offset at which the line of an offset begins. A byte order mark is no part of the first. */
export function lineStart(text: string, offset: number): number {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  return start === 0 && text.startsWith("\uFEFF") ? 1 : start;
}

/** Offset behind the line break that ends what ends at an offset; the end of the text where there is none. */
export function nextLine(text: string, offset: number): number {
  if (offset > 0 && text[offset - 1] === "\n") return offset;
  const end = text.indexOf("\n", offset);
  return end === -1 ? text.length : end + 1;
}

/** Inserts whole lines at the beginning of a line, or at the end of a text whose last line has no line break. */
export function insertLines(text: string, at: number, lines: readonly string[]): Edit {
  const newline = newlineAt(text, at);
  const body = lines.join(newline);
  const isOpen = at === text.length && at > 0 && text[at - 1] !== "\n";
  return { start: at, end: at, text: isOpen ? newline + body : body + newline };
}

/** Takes out whole lines; the exact inverse of `insertLines`. */
export function removeLines(text: string, start: number, end: number): Edit {
  const isOpen = end === text.length && text[end - 1] !== "\n" && start > 0;
  if (!isOpen) return { start, end, text: "" };
  return { start: start - (text.slice(0, start).endsWith("\r\n") ? 2 : 1), end, text: "" };
}

/**
 * Where something goes that is to stand above a line: above the comments that stand directly over it, with the same
 * indentation, since they are about that line.
 */
export function aboveComments(text: string, start: number, column: number): number {
  const comment = `${" ".repeat(column)}#`;
  let at = start;
  while (at > 0) {
    const before = lineStart(text, at - 1);
    if (before >= at || !text.startsWith(comment, before)) break;
    at = before;
  }
  return at;
}

function newlineAt(text: string, at: number): string {
  const before = text.lastIndexOf("\n", at - 1);
  const index = before === -1 ? text.indexOf("\n") : before;
  return index > 0 && text[index - 1] === "\r" ? "\r\n" : "\n";
}
