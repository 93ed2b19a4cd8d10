import { expect, test } from "bun:test";
import fc from "fast-check";
import { lineBuffer } from "./lines.ts";

test("every byte comes out, in order, however it came in", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 50 })), (chunks) => {
      const written: Uint8Array[] = [];
      const buffer = lineBuffer((bytes) => written.push(Uint8Array.from(bytes)));
      for (const chunk of chunks) buffer.push(chunk);
      buffer.flush();
      expect(Buffer.concat(written).equals(Buffer.concat(chunks))).toBe(true);
    }),
  );
});

test("whole lines come out together, the rest waits for its end", () => {
  const written: string[] = [];
  const buffer = lineBuffer((bytes) => written.push(Buffer.from(bytes).toString()));
  for (const text of ["one", " line\ntwo\nth", "ree", "\n", "last"]) buffer.push(Buffer.from(text));
  expect(written).toEqual(["one line\ntwo\n", "three\n"]);
  buffer.flush();
  buffer.flush();
  expect(written).toEqual(["one line\ntwo\n", "three\n", "last"]);
});

test("a line that grows without end is passed on in pieces", () => {
  const sizes: number[] = [];
  const buffer = lineBuffer((bytes) => sizes.push(bytes.length));
  for (let i = 0; i < 70; i++) buffer.push(Buffer.alloc(1024, "x"));
  expect(sizes).toEqual([64 * 1024]);
  buffer.flush();
  expect(sizes).toEqual([64 * 1024, 6 * 1024]);
});
