import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseAllDocuments } from "yaml";
import { defaultImage } from "../../src/manifests/default-image.ts";
import { ejectText } from "../../src/manifests/eject.ts";
import { type InjectOptions, injectText } from "../../src/manifests/inject.ts";
import { jsonManifest, yamlManifest } from "./generate.ts";

const settings: InjectOptions["settings"] = {
  ...{ wait: ["job/app-migrate"], job: undefined, args: [], image: defaultImage, pullPolicy: undefined },
  ...{ command: undefined, user: undefined, position: "first", env: [], envFrom: [], envOf: undefined },
  ...{ urlSecret: undefined, filesFrom: undefined, serviceAccountToken: false },
};

const optionsOf = (position: string, filesFrom: string | undefined, serviceAccountToken: boolean) => ({
  settings: { ...settings, position, filesFrom, serviceAccountToken },
  name: "sluice-gate",
  selection: { only: [], skip: [] },
  readTargets: () => [{ target: "job/app-migrate", word: "job", kind: "job" }],
});

const options: fc.Arbitrary<InjectOptions> = fc
  .tuple(
    fc.constantFrom("first", "last", "after:init-0", "after:init-1"),
    fc.constantFrom(undefined, "configmap/files"),
    fc.boolean(),
  )
  .map((parts) => optionsOf(...parts));

type Any = Record<string, unknown>;

/** All pods' specs in a text, found by their containers: without a look at what the code under test finds. */
function specsOf(text: string): Any[] {
  const specs: Any[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if ("containers" in value) specs.push(value as Any);
    for (const one of Object.values(value)) visit(one);
  };
  for (const value of valuesOf(text)) visit(value);
  return specs;
}

function valuesOf(text: string): unknown[] {
  const isStream = /^\{/.test(text) && parseAllDocuments(text).some(({ errors }) => errors.length > 0);
  // Values that JSON.stringify wrote begin at the beginning of a line, and nothing else of theirs does.
  if (isStream) return text.split(/\n(?=\{)/).map((one) => JSON.parse(one));
  return parseAllDocuments(text, { logLevel: "silent" }).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS();
  });
}

/** Without the gate and its volumes; an empty list and none are the same. Returns where the gate was. */
function withoutGate(spec: Any): number {
  const name = (one: unknown) => String((one as Any)["name"]);
  const inits = (spec["initContainers"] ?? []) as unknown[];
  const index = inits.findIndex((one) => name(one) === "sluice-gate");
  const left = {
    initContainers: inits.filter((one) => name(one) !== "sluice-gate"),
    volumes: ((spec["volumes"] ?? []) as unknown[]).filter((one) => !name(one).startsWith("sluice-gate-")),
  };
  for (const [key, list] of Object.entries(left)) {
    if (list.length > 0) spec[key] = list;
    else delete spec[key];
  }
  return index;
}

function holds(text: string, given: InjectOptions): void {
  const injected = injectText(text, "a.yaml", given).text;
  const [before, after] = [specsOf(text), specsOf(injected)];
  expect(after.length).toBe(before.length);
  for (const [n, spec] of after.entries()) {
    const old = before[n] as Any;
    const inits = ((old["initContainers"] ?? []) as Any[]).map((one) => one["name"]);
    const { position } = given.settings;
    const named = inits.indexOf(position.slice("after:".length));
    const index = position === "first" ? 0 : position === "last" ? inits.length : named + 1;
    expect(withoutGate(spec)).toBe(index);
    withoutGate(old);
    expect(spec).toEqual(old);
  }
  expect(injectText(injected, "a.yaml", given).text).toBe(injected);
  expect(ejectText(injected, "a.yaml").text).toBe(text);
  expect(ejectText(text, "a.yaml").text).toBe(text);
}

describe("for any manifest: the gate and nothing else is added, again changes nothing, eject gives the input back", () => {
  test("YAML", () => {
    fc.assert(fc.property(yamlManifest, options, holds), { numRuns: 400 });
  }, 60_000);

  test("JSON", () => {
    fc.assert(fc.property(jsonManifest, options, holds), { numRuns: 200 });
  }, 60_000);
});
