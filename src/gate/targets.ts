import { SluiceError } from "../errors.ts";
import type { Condition } from "./condition.ts";
import { databaseCondition } from "./database.ts";
import { type HttpOptions, httpCondition, readHttpUrl, shownUrl } from "./http.ts";
import type { Identity } from "./identity.ts";
import { KINDS, type Kind, kindOf, kindWords, nameProblem } from "./kinds.ts";
import type { ClusterAccess, ObjectTarget } from "./object-target.ts";
import { runCondition } from "./run.ts";
import { type SchemaContext, schemaTarget } from "./schema-target.ts";
import { readAddress, tcpCondition } from "./tcp.ts";
import { apart, nameSuggestion, needsName, pairing, shownTarget, suggestionFor } from "./unknown-target.ts";
import type { Wanted } from "./wanted.ts";

/** What a target may need to become a condition. */
export interface TargetContext extends SchemaContext {
  http: HttpOptions;
  /** How the API server is reached; nothing of it is loaded unless a target asks for it. */
  cluster: ClusterAccess;
}

/** What the command line says about Kubernetes' objects. */
export interface TargetOptions {
  /** Of the targets without a name: one for all of them, or one each, in order. */
  selectors: readonly string[];
  identities: readonly Identity[];
  wanted: Wanted | undefined;
}

type Make = (context: TargetContext) => Promise<Condition>;

/** A target whose form is right. */
export interface ReadTarget {
  /** As it may be shown: without passwords. */
  target: string;
  /** The word that it begins with: "job", "https". */
  word: string;
  kind?: Kind;
  /** Of an object of Kubernetes that is not chosen by a selector. */
  name?: string;
  make: Make;
}

interface Target {
  /** How it is written: `run/ID`. */
  form: string;
  /** What stands behind it: nothing, a name behind a slash, or the rest of a URL. */
  takes: "nothing" | "name" | "address";
  /** @param rest the name, or the whole target of an address. @throws SluiceError (exit 2) for a wrong one. */
  read(rest: string): { target?: string; make: Make };
}

/** Everything that can be waited for beside Kubernetes' objects, by its first word: one line for each file. */
const TARGETS: Record<string, Target> = {
  schema: { form: "schema", takes: "nothing", read: () => ({ make: schemaTarget }) },
  run: {
    form: "run/ID",
    takes: "name",
    read: (id) => ({ make: async (on) => runCondition(await on.database(), id) }),
  },
  database: {
    form: "database",
    takes: "nothing",
    read: () => ({ make: async (on) => databaseCondition(await on.database()) }),
  },
  tcp: { form: "tcp://HOST:PORT", takes: "address", read: tcp },
  http: { form: "http://URL", takes: "address", read: http },
  https: { form: "https://URL", takes: "address", read: http },
};

function tcp(target: string) {
  const address = readAddress(target);
  return { make: async () => tcpCondition(target, address) };
}

function http(target: string) {
  const url = readHttpUrl(target);
  return { target: shownUrl(url), make: async (context: TargetContext) => httpCondition(url, context.http) };
}

/** The forms of all targets, for help and errors. */
export const targetForms: readonly string[] = [
  ...Object.values(TARGETS).map(({ form }) => form),
  ...kindWords.flatMap((kind) => [
    `${kind}/NAME`,
    ...(KINDS[kind].selectable ? [`${kind} -l SELECTOR`] : []),
  ]),
];

/**
 * Reads all targets of a command line; asks nobody.
 * @throws SluiceError (exit 2): SL5005 for a target that there is not, SL5006 for a wrong form, SL5008 where
 * selectors and targets do not go together; each with the nearest right form.
 */
export function readTargets(targets: readonly string[], options: TargetOptions): ReadTarget[] {
  const nameless = targets.filter((target) => selectable(target) !== undefined);
  const { selectors } = options;
  if (selectors.length > 0 && nameless.length === 0)
    throw pairing(
      "-l/--selector is for a target without a name",
      "Write `job -l SELECTOR` or `pod -l SELECTOR`.",
    );
  if (selectors.some((one) => one.trim() === ""))
    throw pairing("a selector is empty: it would match everything", "Write `-l KEY=VALUE`.");
  if (selectors.length > 1 && selectors.length !== nameless.length)
    throw pairing(
      `there are ${selectors.length} selectors for ${nameless.length} targets without a name`,
      "Give one selector for all of them, or one for each in the same order.",
    );
  let next = 0;
  // What was written twice is one: by what was written, since what is shown leaves the query of an address away.
  const read = new Map<string, ReadTarget>();
  for (const target of targets) {
    const kind = selectable(target);
    if (kind === undefined) {
      read.set(target, readOne(target, targets, options));
      continue;
    }
    if (selectors.length === 0) throw needsName(target, kind, after(target, targets));
    const selector = (selectors.length === 1 ? selectors[0] : selectors[next++]) as string;
    const written = `${target} -l ${selector}`;
    read.set(written, objectTarget(written, { kind, selector }, options));
  }
  return [...read.values()];
}

function readOne(target: string, all: readonly string[], options: TargetOptions): ReadTarget {
  const [, word = "", sign, rest = ""] = /^([^/:]*)(:\/\/|\/)?(.*)$/s.exec(target) ?? [];
  const found = Object.hasOwn(TARGETS, word.toLowerCase()) ? TARGETS[word.toLowerCase()] : undefined;
  const takes = sign === undefined ? "nothing" : sign === "/" ? "name" : "address";
  if (found?.takes === takes && (takes === "nothing" ? rest === "" : rest !== "") && isWritten(word, takes)) {
    const { target: shown = target, make } = found.read(takes === "name" ? rest : target);
    return { target: shown, word, make };
  }
  const kind = kindOf(word);
  if (kind !== undefined && takes === "name") return objectTarget(target, { kind, name: rest }, options);
  if (kind !== undefined && target === word) throw needsName(target, kind, after(target, all));
  throw new SluiceError("SL5005", {
    params: {
      target: shownTarget(target),
      suggestion: suggestionFor(target, Object.keys(TARGETS), targetForms),
    },
  });
}

/** The word behind a target, unless it is a target itself: it may have been meant as the name. */
function after(target: string, all: readonly string[]): string | undefined {
  const next = all[all.indexOf(target) + 1];
  return next === undefined || Object.hasOwn(TARGETS, next) || kindOf(next) !== undefined ? undefined : next;
}

/** Addresses are written in any case (RFC 3986, 3.1), words are not. */
function isWritten(word: string, takes: Target["takes"]): boolean {
  return takes === "address" || word === word.toLowerCase();
}

/** The kind that a target without a name asks for, where that may have a selector. */
function selectable(target: string): Kind | undefined {
  const kind = kindOf(target);
  return kind !== undefined && KINDS[kind].selectable ? kind : undefined;
}

function objectTarget(target: string, object: ObjectTarget, options: TargetOptions): ReadTarget {
  const { kind, name } = object;
  const problem = name === undefined ? undefined : nameProblem(kind, name);
  if (problem !== undefined)
    throw new SluiceError("SL5006", {
      params: {
        target: shownTarget(target),
        problem,
        suggestion: apart(target) ?? nameSuggestion(object, target),
      },
    });
  const { identities, wanted } = options;
  const make: Make = async (context) => {
    const { objectCondition } = await import("./kubernetes/targets.ts");
    return objectCondition(target, object, { identities, wanted }, await context.cluster.open());
  };
  return { target, word: kind, kind, ...(name !== undefined && { name }), make };
}
