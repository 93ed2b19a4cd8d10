/** Longest line. etcd takes no object above 1.5 MiB by default, and JSON does not grow tenfold on its way. */
export const LONGEST_LINE = 32 * 1024 * 1024;

/**
 * Cuts a stream of bytes at its line feeds, wherever the chunks were cut: also inside of a character, since a line is
 * decoded as a whole (no byte of a longer UTF-8 sequence is 0x0a). Lines come without the line feed; one that was
 * still open at the end comes with `complete: false`, and only when it holds something.
 * @throws RangeError for a line of more than `longest` bytes.
 */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  longest: number = LONGEST_LINE,
): AsyncGenerator<{ text: string; complete: boolean }> {
  const decoder = new TextDecoder();
  let open: Uint8Array[] = [];
  let length = 0;
  const take = (piece: Uint8Array): void => {
    length += piece.length;
    if (length > longest) throw new RangeError(`a line of more than ${longest} bytes`);
    if (piece.length > 0) open.push(piece);
  };
  const text = (): string => {
    const line = decoder.decode(open.length === 1 ? open[0] : Buffer.concat(open));
    open = [];
    length = 0;
    return line;
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      take(chunk.subarray(start, end));
      yield { text: text(), complete: true };
      start = end + 1;
    }
    take(chunk.subarray(start));
  }
  if (length > 0) yield { text: text(), complete: false };
}
