import { type Acceptance, unneededAcceptance } from "../../text/acceptance.ts";
import { nearest } from "../../text/nearest.ts";
import { unknownWorkloads } from "../workloads.ts";
import { placeOf } from "./position.ts";
import type { Found, Look, ManifestRule } from "./rule.ts";
import { type DocumentSource, findSubjects, namedObjects, type Subject } from "./subjects.ts";
import { type Ignored, ignoreAnnotation, ignoredBy } from "./suppress.ts";
import { targets } from "./waiting.ts";

/** What a user asks beside the manifests themselves. */
export interface CheckQuestion {
  /** Of `helm upgrade`, milliseconds. */
  readonly helmTimeout?: number | undefined;
  /** The objects stand in a namespace: a finding has no line. */
  readonly isLive?: boolean | undefined;
  /** Why its rights could not be read. */
  readonly noRights?: string | undefined;
}

/** One thing in manifests that will go wrong, or can. */
export interface ManifestFinding {
  readonly code: string;
  /** Name of the rule. */
  readonly rule: string;
  /** File, URL, "standard input", or "namespace shop". */
  readonly file: string;
  /** From 1; absent in a namespace. */
  readonly line?: number;
  readonly column?: number;
  /** "deployment/api" */
  readonly object: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  /** A sentence without a full stop. */
  readonly message: string;
  readonly fix: string;
  /** Of the annotation, where one leaves it out. */
  readonly reason?: string;
}

export interface ManifestReport {
  /** How many workloads were looked at. */
  readonly workloads: number;
  readonly findings: readonly ManifestFinding[];
  /** Those that `--accept` takes out. */
  readonly accepted: readonly ManifestFinding[];
  /** Those that an annotation takes out. */
  readonly ignored: readonly ManifestFinding[];
  readonly notes: readonly string[];
  readonly unchecked: readonly { code: string; reason: string }[];
  readonly rules: readonly ManifestRule[];
}

/** Applies all rules, then annotations, then acceptances. */
export function runRules(
  rules: readonly ManifestRule[],
  documents: readonly DocumentSource[],
  question: CheckQuestion,
  accepts: readonly Acceptance[],
): ManifestReport {
  const { helmTimeout, isLive = false, noRights } = question;
  const look: Look = {
    subjects: documents.flatMap(findSubjects),
    objects: documents.flatMap(({ value }) => namedObjects(value)),
    helmTimeout,
    isLive,
    noRights,
  };
  const all = rules.flatMap((rule) => rule.find(look).map((found) => ({ rule, found })));
  const wishes = new Map(look.subjects.map((subject) => [subject, ignoredBy(subject)] as const));
  const isIgnored = ({ rule, found }: (typeof all)[number]) =>
    wishes.get(found.subject)?.codes.includes(rule.code) ?? false;
  const own = rules.find(({ name }) => name === "bad-ignore");
  const wrong = [...wishes].flatMap(([subject, wish]) => {
    if (wish === undefined || own === undefined) return [];
    const needed = all.filter(({ found }) => found.subject === subject).map(({ rule }) => rule.code);
    return problems(subject, wish, rules, needed, look).map((found) => ({ rule: own, found }));
  });
  const finding = ({ rule, found }: (typeof all)[number], reason?: string) =>
    described(rule, found, isLive, reason);
  const left = [...all.filter((one) => !isIgnored(one)), ...wrong].map((one) => finding(one));
  const matches = (one: ManifestFinding, { code, object }: Acceptance) =>
    one.code === code && (object === undefined || object === one.object || object === one.name);
  const accepted = left.filter((one) => accepts.some((accept) => matches(one, accept)));
  const asksApi = look.subjects.some(({ gates }) =>
    gates.some((gate) => targets(gate).some(({ kind }) => kind !== undefined)),
  );
  return {
    workloads: look.subjects.length,
    findings: left.filter((one) => !accepted.includes(one)),
    accepted,
    ignored: all.filter(isIgnored).map((one) => finding(one, wishes.get(one.found.subject)?.reason)),
    notes: [
      ...documents
        .flatMap(({ value }) => unknownWorkloads(value))
        .map((label) => `${label} has pods, and its kind is not known here: nothing of it was looked at`),
      ...rules.flatMap((rule) => rule.notes?.(look) ?? []),
      ...accepts.filter((accept) => !left.some((one) => matches(one, accept))).map(unneededAcceptance),
    ],
    unchecked: noRights !== undefined && asksApi ? [{ code: "SM009", reason: noRights }] : [],
    rules,
  };
}

/** What is wrong with an annotation. */
function problems(
  subject: Subject,
  { codes, reason, path }: Ignored,
  rules: readonly ManifestRule[],
  needed: readonly string[],
  look: Look,
): Found[] {
  const all = rules.map(({ code }) => code);
  const found = (message: string, fix: string): Found => ({ subject, path, message, fix });
  const texts = codes.flatMap((code): Found[] => {
    const rule = rules.find((one) => one.code === code);
    if (rule === undefined) {
      const meant = nearest(code, all);
      const fix = meant === undefined ? `remove ${code}` : `write ${meant}, or remove it`;
      return [found(`${ignoreAnnotation} names ${code}, and there is no such rule`, fix)];
    }
    if (rule.name === "bad-ignore")
      return [found(`${ignoreAnnotation} names ${code}, which cannot be left out`, `remove ${code}`)];
    if (needed.includes(code) || rule.applies?.(look) === false) return [];
    return [
      found(`${ignoreAnnotation} names ${code}, and there is no such finding (any more)`, `remove ${code}`),
    ];
  });
  if (codes.length === 0)
    return [found(`${ignoreAnnotation} names no code`, "write CODE[,CODE] and a reason")];
  if (reason === "")
    texts.push(
      found(`${ignoreAnnotation} says no reason`, `write it behind ${codes.join(",")}, after a space`),
    );
  return texts;
}

function described(
  rule: ManifestRule,
  { subject, path, message, fix }: Found,
  isLive: boolean,
  reason: string | undefined,
): ManifestFinding {
  const { file, line, column } = placeOf(subject.source, path);
  const { kind, name, namespace, label } = subject;
  return {
    code: rule.code,
    rule: rule.name,
    file,
    ...(isLive || line === undefined || column === undefined ? {} : { line, column }),
    object: label,
    kind,
    name,
    ...(namespace === undefined ? {} : { namespace }),
    message,
    fix,
    ...(reason === undefined ? {} : { reason }),
  };
}
