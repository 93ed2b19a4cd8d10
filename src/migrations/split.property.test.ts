import { expect, test } from "bun:test";
import fc from "fast-check";
import { splitPieces } from "./split.ts";

/** Characters that a splitter may stumble over, among others and some from beyond the first plane. */
const noise = fc
  .array(
    fc.constantFrom(
      ..."';\"$-/*\\()aE1_ \t\n",
      "\r\n",
      "--",
      "/*",
      "*/",
      "$$",
      "$a$",
      "END;",
      "ä",
      "\u00a0",
      "😀",
      "𝒳",
    ),
  )
  .map((parts) => parts.join(""));

const without = (...ends: string[]): fc.Arbitrary<string> =>
  noise.map((text) => ends.reduce((rest, end) => rest.replaceAll(end, ""), text));

const lineComment = noise
  .map((text) => `--${text.replace(/[\r\n]/g, "")}`)
  .chain((text) => fc.constantFrom("\n", "\r\n", "\r").map((end) => text + end));
const blockComment = fc.letrec<{ comment: string }>((tie) => ({
  comment: fc
    .array(
      fc.oneof(
        { maxDepth: 3 },
        noise.map((text) => text.replace(/[/*]/g, "")),
        tie("comment"),
      ),
      { maxLength: 4 },
    )
    .map((parts) => `/*${parts.join(" ")}*/`),
})).comment;
const blank = fc.oneof(fc.constantFrom(" ", "\n", "\r\n", "\t", "\f"), lineComment, blockComment);
const blanks = fc.array(blank, { maxLength: 3 }).map((parts) => parts.join(""));

const dollarQuoted = fc.constantFrom("$$", "$a$", "$Ä_1$", "$😀$").chain((tag) =>
  // A dollar sign at the end of the text would make the closing tag begin earlier.
  without("$").map((text) => tag + text + tag),
);
const token = fc.oneof(
  noise.map((text) => `'${text.replaceAll("'", "''")}'`),
  noise.map((text) => `U&'${text.replaceAll("'", "''")}'`),
  noise.map((text) => `${text.length % 2 ? "E" : "e"}'${text.replace(/['\\]/g, "\\$&")}'`),
  noise.map((text) => `"${text.replaceAll('"', '""')}"`),
  dollarQuoted,
  fc.constantFrom(
    "a$b$",
    "$1",
    "größe",
    "x😀",
    "+",
    ",",
    "1.5e3",
    "CASE x WHEN 1 THEN 2 END",
    "begin",
    "atomic",
    "end",
  ),
);

/**
 * Tokens with something blank between them, which keeps them apart and keeps escape strings from going on.
 */
const tokens = fc
  .array(fc.tuple(token, blanks), { minLength: 1, maxLength: 6 })
  .map((list) => list.map(([text, space]) => `${text} ${space} , `).join(""));

const plain = tokens.map((text) => `SELECT ${text}`);
const rule = fc
  .tuple(plain, plain)
  .map(([a, b]) => `CREATE RULE r AS ON INSERT TO t DO (${a};(${b}););`.slice(0, -1));
const routine = fc
  .tuple(
    fc.constantFrom("CREATE FUNCTION", "create or replace Procedure"),
    blanks,
    fc.array(plain, { maxLength: 3 }),
  )
  .map(
    ([head, space, body]) =>
      `${head} f() BEGIN ${space} ATOMIC ${body.map((text) => `${text};`).join(space)} END`,
  );
const statement = fc.oneof({ weight: 3, arbitrary: plain }, rule, routine);

test("the pieces join to the script, and there are as many statements as were written", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(blanks, statement, blanks), { maxLength: 6 }),
      blanks,
      fc.boolean(),
      (written, rest, closed) => {
        const script = written.map(([before, text, after]) => `${before}${text}${after}`).join(";");
        const sql = `${script}${closed ? ";" : "\n"}${rest}`;
        const pieces = splitPieces(sql);
        expect(pieces.map((piece) => piece.text).join("")).toBe(sql);
        const found = pieces.flatMap((piece) => piece.statement ?? []);
        expect(found).toHaveLength(written.length);
        found.forEach(({ text, line }, index) => {
          const [before, , after] = written[index]!;
          expect(text.startsWith(written[index]![1].slice(0, 6))).toBe(true);
          expect(`${before}${written[index]![1]}${after}`).toContain(text);
          expect(
            sql
              .split("\n")
              .slice(line - 1)
              .join("\n"),
          ).toContain(text);
        });
      },
    ),
    { numRuns: 400 },
  );
});

test("whatever the text, it is either split without loss or refused with a line", () => {
  fc.assert(
    fc.property(noise, (sql) => {
      try {
        expect(
          splitPieces(sql)
            .map((piece) => piece.text)
            .join(""),
        ).toBe(sql);
      } catch (error) {
        expect(error).toMatchObject({ name: "SluiceError", exit: 2, place: { line: expect.any(Number) } });
      }
    }),
    { numRuns: 1000 },
  );
});
