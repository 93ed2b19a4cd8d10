/** A part of a text that is read by itself. */
export interface Piece {
  readonly text: string;
  /** Number of its first line in the whole, from 1. */
  readonly firstLine: number;
}

/**
 * The values of a stream of JSON values (`{...}{...}`, one a line, as `jq` prints them), with what stands around them:
 * the pieces join to the text. One piece where it is no such stream; YAML knows none.
 */
export function piecesOf(text: string): Piece[] {
  let firstLine = 1;
  return jsonPieces(text).map((piece) => {
    const here = firstLine;
    firstLine += piece.split("\n").length - 1;
    return { text: piece, firstLine: here };
  });
}

function jsonPieces(text: string): string[] {
  if (!/^\uFEFF?\s*\{/.test(text)) return [text];
  const pieces: string[] = [];
  let [from, depth, isText] = [0, 0, false];
  for (let index = 0; index < text.length; index++) {
    const char = text[index] as string;
    if (isText) {
      if (char === "\\") index++;
      else if (char === '"') isText = false;
    } else if (char === '"') isText = true;
    else if (char === "{" || char === "[") depth++;
    else if ((char === "}" || char === "]") && --depth === 0) {
      pieces.push(text.slice(from, index + 1));
      from = index + 1;
    }
  }
  const rest = text.slice(from);
  if (rest.trim() !== "" || depth !== 0 || isText || pieces.length < 2) return [text];
  if (pieces.some((piece) => !isJson(piece))) return [text];
  pieces.push((pieces.pop() as string) + rest);
  return pieces;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text.replace(/^\uFEFF/, ""));
    return true;
  } catch {
    return false;
  }
}
