import { describe, expect, test } from "bun:test";
import { migration } from "../../test/support/rows.ts";
import { requiredVersions } from "./required.ts";

const versions = (required: { version: string }[]) => required.map((one) => one.version).sort();

describe("what a directory requires", () => {
  test("is every expand migration, with name and checksum", () => {
    const required = requiredVersions([migration("1"), migration("2", { phase: "contract" })], []);
    expect(required).toEqual([{ version: "1", name: "step_1", checksum: "sum1" }]);
  });

  test("and the contract migrations that these require, over any number of steps", () => {
    const files = [
      migration("1", { phase: "contract", requires: ["2"] }),
      migration("2", { phase: "contract" }),
      migration("3", { phase: "contract" }),
      migration("4", { requires: ["1"] }),
    ];
    expect(versions(requiredVersions(files, []))).toEqual(["1", "2", "4"]);
  });

  test("and what is required without a file, whatever its text was", () => {
    expect(requiredVersions([migration("4", { requires: ["3"] })], [])).toContainEqual({
      version: "3",
      name: undefined,
      checksum: undefined,
    });
  });

  test("two that require each other do not go on for ever", () => {
    const files = [migration("1", { requires: ["2"] }), migration("2", { requires: ["1"] })];
    expect(versions(requiredVersions(files, []))).toEqual(["1", "2"]);
  });
});

describe("--require", () => {
  test("asks for exactly what it names, with the checksum where there is a file", () => {
    const files = [migration("1"), migration("2", { phase: "contract", requires: ["1"] })];
    expect(requiredVersions(files, ["2", "7", "2"])).toEqual([
      { version: "2", name: "step_2", checksum: "sum2" },
      { version: "7", name: undefined, checksum: undefined },
    ]);
  });
});

describe("nothing required is an error and not an open gate", () => {
  test.each([
    ["an empty directory", []],
    ["contract migrations only", [migration("1", { phase: "contract" })]],
  ])("%s", (_, files) => {
    expect(() => requiredVersions(files, [])).toThrow(expect.objectContaining({ code: "SL5002", exit: 2 }));
  });
});
