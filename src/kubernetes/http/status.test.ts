import { describe, expect, test } from "bun:test";
import { retryAfterMs } from "./retry-after.ts";
import { errorOfAnswer } from "./status.ts";

const answer = (status: number, statusText: string, headers: Record<string, string>) => ({
  status,
  statusText,
  headers: new Headers(headers),
});

describe("Retry-After", () => {
  test.each([
    ["5", null, 5000],
    ["0", null, 0],
    ["Sun, 06 Nov 1994 08:49:40 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", 3000],
    ["Sun, 06 Nov 1994 08:49:30 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", 0],
    ["999999", null, 600_000],
    ["soon", null, undefined],
    ["-3x", null, undefined],
    ["", null, undefined],
    [null, null, undefined],
  ])("%p at %p is %p ms", (header, date, expected) => {
    expect(retryAfterMs(header, date)).toBe(expected);
  });

  test("a date counts from this clock where the server does not tell its own", () => {
    const now = () => Date.parse("Sun, 06 Nov 1994 08:49:37 GMT");
    expect(retryAfterMs("Sun, 06 Nov 1994 08:49:39 GMT", null, now)).toBe(2000);
  });
});

describe("an answer that is an error", () => {
  test("says what the Status says", () => {
    const body = JSON.stringify({
      kind: "Status",
      code: 403,
      reason: "Forbidden",
      message: "jobs is\nforbidden",
    });
    const error = errorOfAnswer(answer(403, "Forbidden", {}), body);
    expect(error).toMatchObject({ status: 403, reason: "Forbidden", message: "jobs is forbidden" });
  });

  test("from a proxy is told by its line, without the page", () => {
    const headers = { "content-type": "text/html; charset=utf-8", "retry-after": "2" };
    const error = errorOfAnswer(
      answer(502, "Bad Gateway", headers),
      "<html><body>token=secret</body></html>",
    );
    expect(error).toMatchObject({ status: 502, reason: "", retryAfter: 2000 });
    expect(error.message).toBe("HTTP 502 Bad Gateway (text/html, not from the API server itself)");
  });

  test("a redirect is named without what may be secret in it", () => {
    const error = errorOfAnswer(answer(302, "Found", { location: "https://u:p@login.example/x?code=1" }), "");
    expect(error.message).toBe(
      "HTTP 302 Found: a redirect to https://login.example/x, which is not followed",
    );
  });
});
