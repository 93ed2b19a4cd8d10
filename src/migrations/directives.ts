import { SluiceError } from "../errors.ts";
import { parseDuration } from "../text/duration.ts";
import { nearest } from "../text/nearest.ts";
import type { Directives } from "./migration.ts";
import type { Origin } from "./split.ts";
import { canonicalVersion } from "./version.ts";

/**
 * What stands for each key: how it is written, and what a value does. `undefined` from `set` is a bad value.
 */
interface Directive {
  form: string;
  takes: "value" | "nothing";
  repeatable?: true;
  set: (directives: Directives, value: string) => true | undefined;
}

/** To add a directive, add it here, in `Directives` and in docs. */
const known: Record<string, Directive> = {
  phase: {
    form: "phase=expand or phase=contract",
    takes: "value",
    set: (directives, value) => {
      if (value !== "expand" && value !== "contract") return undefined;
      directives.phase = value;
      return true;
    },
  },
  transaction: {
    form: "transaction=on or transaction=off",
    takes: "value",
    set: (directives, value) => {
      if (value !== "on" && value !== "off") return undefined;
      directives.transaction = value === "on";
      return true;
    },
  },
  lock_timeout: {
    // 0 would be no limit to PostgreSQL, and then readers queue behind the migration: not on offer.
    form: "lock_timeout=5s (500ms, 90s, 5m, 1h30m; above 0)",
    takes: "value",
    set: (directives, value) => {
      const ms = parseDuration(value);
      if (ms === undefined || ms === 0) return undefined;
      directives.lockTimeout = ms;
      return true;
    },
  },
  statement_timeout: {
    form: "statement_timeout=10m (500ms, 90s, 5m, 1h30m; 0 for no limit)",
    takes: "value",
    set: (directives, value) => {
      const ms = parseDuration(value);
      if (ms === undefined) return undefined;
      directives.statementTimeout = ms;
      return true;
    },
  },
  breaking: {
    form: "breaking",
    takes: "nothing",
    set: (directives) => {
      directives.breaking = true;
      return true;
    },
  },
  "out-of-order": {
    form: "out-of-order",
    takes: "nothing",
    set: (directives) => {
      directives.outOfOrder = true;
      return true;
    },
  },
  requires: {
    form: "requires=20260101120000 (several: requires=1,2 or one line each)",
    takes: "value",
    repeatable: true,
    set: (directives, value) => {
      const versions = value.split(",");
      if (!versions.every((version) => /^\d+$/.test(version))) return undefined;
      const all = [...directives.requires, ...versions.map(canonicalVersion)];
      directives.requires = [...new Set(all)];
      return true;
    },
  },
};

/** Keys after `sluice:`; the last two are no directives but stand in the same place. */
export const words: readonly string[] = [...Object.keys(known), "down", "ignore"];

/** What a file without directives means. */
export function defaultDirectives(): Directives {
  return {
    phase: "expand",
    transaction: true,
    lockTimeout: undefined,
    statementTimeout: undefined,
    breaking: false,
    outOfOrder: false,
    requires: [],
  };
}

/**
 * Applies one directive, `key=value` or `key`, the text behind `-- sluice:`. `seen` holds the line of each
 * key so far. One directive a line: two on one line read too much like a value with blanks. Errors: SL1010
 * unknown, SL1011 bad value, SL1012 malformed, SL1014 given twice.
 */
export function applyDirective(
  directives: Directives,
  text: string,
  place: Origin,
  seen: Map<string, number>,
): void {
  const key = /^[^\s=,]*/.exec(text)?.[0] ?? "";
  const directive = Object.hasOwn(known, key) ? known[key] : undefined;
  if (directive === undefined) throw unknownDirective(text, key, place);
  const malformed = (reason: string): SluiceError =>
    new SluiceError("SL1012", { params: { text, reason, form: directive.form }, place });
  const rest = text.slice(key.length);
  if (/\s/.test(rest)) {
    if (/^\s+=|^=\s/.test(rest)) throw malformed("white space around the value");
    throw malformed("one directive a line, and nothing behind it");
  }
  const value = rest.startsWith("=") ? rest.slice(1) : "";
  if (directive.takes === "nothing" && rest !== "") throw malformed(`${key} takes no value`);
  if (directive.takes === "value" && value === "") throw malformed(`${key} needs a value`);
  const first = seen.get(key);
  if (first !== undefined && directive.repeatable === undefined)
    throw new SluiceError("SL1014", { params: { key, first }, place });
  if (directive.set(directives, value) === undefined)
    throw new SluiceError("SL1011", { params: { key, value, form: directive.form }, place });
  if (first === undefined) seen.set(key, place.line);
}

/** What people write who know the thing but not our word for it. */
const otherWords: Record<string, string> = {
  contract: "phase=contract",
  expand: "phase=expand",
  "no-transaction": "transaction=off",
  notransaction: "transaction=off",
};

function unknownDirective(text: string, key: string, place: Origin): SluiceError {
  const meant = Object.hasOwn(otherWords, key.toLowerCase())
    ? otherWords[key.toLowerCase()]
    : nearest(key, words);
  const all = Object.values(known).map(({ form }) => `  -- sluice: ${form}`);
  return new SluiceError("SL1010", {
    params: { key: key || text },
    place,
    notes: ["Directives are:", ...all, "and -- sluice:down begins the down part."],
    ...(meant === undefined ? {} : { hint: `Did you mean "${meant}"?` }),
  });
}
