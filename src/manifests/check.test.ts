import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDuration } from "../text/duration.ts";
import { checkManifests, MANIFEST_RULES } from "./check.ts";
import type { ManifestRule } from "./checking/rule.ts";

const example = (rule: ManifestRule, which: string) => {
  const name = `${rule.name}.${which}.yaml`;
  return { name, path: undefined, text: readFileSync(join(import.meta.dirname, "rules", name), "utf8") };
};
const questionOf = ({ options = [] }: ManifestRule) => {
  const at = options.indexOf("--helm-timeout");
  return { helmTimeout: at === -1 ? undefined : parseDuration(options[at + 1] as string) };
};

describe.each(MANIFEST_RULES.map((rule) => [rule.code, rule] as const))("%s", (code, rule) => {
  test("is found in its bad example, and nothing else is", () => {
    const { findings } = checkManifests([example(rule, "bad")], questionOf(rule), []);
    expect([...new Set(findings.map((finding) => finding.code))]).toEqual([code]);
    for (const { rule: name, line, message, fix, object } of findings) {
      expect([name, line]).toEqual([rule.name, expect.any(Number)]);
      // With the user's own names; no full stop.
      expect(object).toMatch(/^[a-z]+\/[a-z0-9-]+$/);
      for (const text of [message, fix]) expect(text).toMatch(/[^.]$/);
    }
  });

  test("nothing is found in its good example", () => {
    expect(checkManifests([example(rule, "good")], questionOf(rule), []).findings).toEqual([]);
  });

  test("is filled in", () => {
    expect(code).toMatch(/^SM0\d\d$/);
    expect(rule.name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(rule.title).toMatch(/^[A-Z].*[^.]$/);
    for (const text of [rule.what, rule.why, rule.fix]) expect(text).toMatch(/^[A-Z`][\s\S]{8,}[.)`]$/);
    const page = readFileSync(join(import.meta.dirname, `../../docs/rules/${code}.md`), "utf8");
    expect(page).toStartWith(`# ${code}: ${rule.title}\n`);
  });
});

test("each rule has a code and a name of its own, in order", () => {
  const codes = MANIFEST_RULES.map(({ code }) => code);
  expect(codes).toEqual([...new Set(codes)].sort());
  expect(new Set(MANIFEST_RULES.map(({ name }) => name)).size).toBe(codes.length);
});
