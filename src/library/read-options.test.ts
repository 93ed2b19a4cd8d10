import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { defaultValue } from "../cli/value.ts";
import { runnerOptions } from "../commands/migrate-options.ts";
import { migrateReaders } from "./migrate-readers.ts";
import { type Reader, readOptions } from "./read-options.ts";

const read = (given: object) => readOptions("migrate", migrateReaders, given);

test("the defaults are those of the command, but for the phase", () => {
  const defaults: Record<string, unknown> = read({});
  for (const option of runnerOptions) {
    const key = option.name === "grant" ? "readers" : option.name.replace(/-(.)/g, (_, c) => c.toUpperCase());
    expect([key, key in defaults, defaults[key]]).toEqual([key, true, defaultValue(option)]);
  }
  expect(defaults["phase"]).toBe("expand");
});

describe("values", () => {
  test("durations are milliseconds or text with a unit; folders paths or file: URLs; lists may be one", () => {
    const folder = join(import.meta.dirname, "a b");
    expect(
      read({
        lockWait: "1m30s",
        wait: 250.4,
        lockTimeout: 0,
        dir: [pathToFileURL(folder), "m"],
        readers: "app",
        url: new URL("postgres://h/d"),
        phase: undefined,
      }),
    ).toMatchObject({
      lockWait: 90_000,
      wait: 250,
      lockTimeout: 0,
      dir: [folder, "m"],
      readers: ["app"],
      url: "postgres://h/d",
      phase: "expand",
    });
  });

  test.each<[string, unknown, string]>([
    ["url", undefined, "is undefined"],
    ["url", "", "is an empty text"],
    ["dir", [], "is a list"],
    ["dir", new URL("https://example.org/"), "is of type object"],
    ["lockWait", "5", "is of type string"],
    ["lockWait", -1, "is -1"],
    ["lockWait", Number.NaN, "is NaN"],
    ["lockWait", 2 ** 31, "is 2147483648"],
    ["phase", "both", "one of expand, contract, all"],
    ["readers", ["a", ""], "is a list"],
    ["createDatabase", "true", "is of type string"],
    ["signal", {}, "an AbortSignal"],
    ["onEvent", "log", "a function"],
  ])("%s: %j is refused", (option, value, words) => {
    expect(() => read({ [option]: value })).toThrow(words);
    expect(() => read({ [option]: value })).toThrow(expect.objectContaining({ code: "SL2060", exit: 2 }));
  });

  test("a text is never shown, for it may be an address with a password", () => {
    const readers: Record<string, Reader<unknown>> = { phase: migrateReaders.phase };
    expect(() => readOptions("migrate", readers, { phase: "postgres://u:hunter2@h/d" })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("hunter2") }),
    );
  });

  test("an unknown option is refused", () => {
    expect(() => read({ lockTimout: 5 })).toThrow(expect.objectContaining({ code: "SL2061" }));
  });
});
