import { expect, test } from "bun:test";
import { createTail } from "./tail.ts";

const same = (text: string) => text;

test("keeps all of what is short, and the last bytes of what is long", () => {
  const tail = createTail(100);
  tail.push(Buffer.from("one\n"));
  tail.push(Buffer.from("two"));
  expect(tail.text(same)).toBe("one\ntwo");
  for (let i = 0; i < 100; i++) tail.push(Buffer.from(`line ${i}\n`));
  expect(tail.text(same)).toHaveLength(100);
  expect(tail.text(same)).toEndWith("line 98\nline 99\n");
});

test("cuts between characters, also between those of several bytes", () => {
  const tail = createTail(10);
  tail.push(Buffer.from("aüü€€€"));
  expect(tail.text(same)).toBe("€€€");
});

test("takes secrets out before it cuts, so that none is cut through", () => {
  const secret = "s3cret-".repeat(3);
  const redact = (text: string) => text.replaceAll(secret, "***");
  for (let shift = 0; shift < secret.length; shift++) {
    const tail = createTail(64);
    // The cut of what is kept (128) and that of the text (64) go through a secret in turn.
    tail.push(Buffer.from("x".repeat(shift)));
    for (let i = 0; i < 20; i++) tail.push(Buffer.from(`${secret}\n`));
    expect(tail.text(redact)).not.toContain("s3c");
    expect(tail.text(redact).replace(/^[^\n]*\n/, "")).not.toContain("cret");
  }
});
