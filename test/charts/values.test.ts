import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import { parse } from "yaml";
import packageJson from "../../package.json" with { type: "json" };

const library = join(import.meta.dirname, "..", "..", "charts", "sluice");
const read = (name: string) => readFileSync(join(library, name), "utf8");
const values = parse(read("values.yaml"));
const settings: Record<string, unknown> = values.global.sluice;
const schema = JSON.parse(read("values.schema.json"));

/** Keys whose content is the user's own, as the templates have them. */
const free: string[] = JSON.parse(
  /"sluice.freeKeys" -}}\n(.*)\n/.exec(read("templates/_settings.tpl"))?.[1] ?? "[]",
);

function leaves(map: Record<string, unknown>, path = ""): [string, unknown][] {
  return Object.entries(map).flatMap(([key, value]): [string, unknown][] => {
    const isGroup = typeof value === "object" && value !== null && !Array.isArray(value);
    if (!isGroup || free.includes(key)) return [[path + key, value]];
    return leaves(value as Record<string, unknown>, `${path}${key}.`);
  });
}

describe("the library chart's values", () => {
  test("the README has one line for each, with its default", () => {
    const rows = [...read("README.md").matchAll(/^\| `([a-zA-Z.]+)` \| `(.*?)` \| (.+) \|$/gm)];
    const documented = rows.map(([, key, value]) => [key as string, JSON.parse(value as string)]);
    expect(documented).toEqual(leaves(settings));
    for (const [, key, , meaning] of rows) expect([key, (meaning ?? "").length > 3]).toEqual([key, true]);
  });

  test("the templates' own defaults are the same", () => {
    const text = read("templates/_defaults.tpl").replace(/\{\{.*?\}\}/gs, "");
    expect(parse(text)).toEqual(settings);
  });

  test("the schema knows each, takes the defaults, and rejects others at every depth", () => {
    const validate = new Ajv({ strict: false }).compile(schema);
    const accepts = (value: object) => validate(value) as boolean;
    expect(accepts(values)).toBe(true);
    expect(accepts(settings)).toBe(true);
    const keys = Object.keys(settings);
    expect(schema.definitions.settings.propertyNames.enum).toEqual(keys);
    expect(schema.propertyNames.enum).toEqual(["global", ...keys]);
    for (const [path] of leaves(settings)) {
      const words = path.split(".");
      const unknown = words
        .toReversed()
        .reduce<unknown>(
          (inner, _, at) => (at === 0 ? { nope: 1 } : { [words[words.length - at - 1] as string]: inner }),
          {},
        );
      expect([path, accepts(unknown as object)]).toEqual([path, false]);
      expect([path, accepts({ global: { sluice: unknown } })]).toEqual([path, false]);
    }
    expect(accepts({ global: { other: {}, image: { tag: "1" } } })).toBe(true);
  });

  test("the versions are those of the package", () => {
    const chart = parse(read("Chart.yaml"));
    const { tag } = settings["sluiceImage"] as { tag: string };
    expect([chart.version, String(chart.appVersion), String(tag)]).toEqual(
      Array(3).fill(packageJson.version),
    );
  });
});
