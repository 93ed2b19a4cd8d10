import { SluiceError } from "../errors.ts";
import { nearest } from "../text/nearest.ts";
import { shorten } from "../text/shorten.ts";
import { KINDS, type Kind, kindOf, kindWords, nameProblem, nearestName } from "./kinds.ts";
import type { ObjectTarget } from "./object-target.ts";

/**
 * The nearest right form of a target that there is not.
 * @param words first words of the targets that are no objects.
 * @param forms of all targets.
 */
export function suggestionFor(target: string, words: readonly string[], forms: readonly string[]): string {
  const all = `Targets: ${forms.join(", ")}.`;
  const asked = apart(target) ?? otherKind(target);
  if (asked !== undefined) return asked;
  const [, word = "", sign = "", rest = ""] = /^([^/:]*)(:\/\/|[/:]|$)(.*)$/s.exec(target) ?? [];
  if (sign === "://") return addressSuggestion(word.toLowerCase(), rest) ?? all;
  const kind = kindOf(word.toLowerCase()) ?? nearKind(word);
  if (kind !== undefined) {
    const name = rest.toLowerCase();
    return nameProblem(kind, name) === undefined
      ? `Did you mean ${kind}/${name}?`
      : `Did you mean ${kind}/NAME?`;
  }
  const lower = word.toLowerCase();
  if (sign === ":" && /^\d+$/.test(rest)) return `Did you mean tcp://${target}?`;
  const close = words.includes(lower) ? lower : nearest(lower, words);
  const form = close === undefined ? undefined : forms.find((one) => one.split(/[/:]/)[0] === close);
  if (close === undefined || form === undefined) return all;
  const filled = form.endsWith("/ID") && rest !== "" && sign !== "" ? `${close}/${rest}` : form;
  return `Did you mean ${filled}?`;
}

/**
 * What to write instead of several targets, or a target with its option, in one word.
 * @returns undefined where it is one word.
 */
export function apart(target: string): string | undefined {
  const words = target.split(/[\s,]+/).filter((word) => word !== "");
  const [first = "", ...others] = words;
  const [word = ""] = first.split("/");
  if (others.length === 0 || (kindOf(word.toLowerCase()) === undefined && first !== "schema"))
    return undefined;
  if (/\s/.test(target)) {
    // A selector has commas and blanks of its own.
    const [, kind, option, value] = /^(\S+)\s+(-l|--selector)[\s=]*(.*)$/s.exec(target.trim()) ?? [];
    if (kind !== undefined) return `Write it as separate words: ${kind} ${option} ${quoted(value ?? "")}`;
    if (others.some((one) => one.startsWith("-"))) return `Write it as separate words: ${words.join(" ")}`;
  }
  const targets = words.map((one) => (/[/:]/.test(one) || one === "schema" ? one : `${word}/${one}`));
  return `Write them apart: ${targets.join(" ")}`;
}

/** What to write instead of a name that no object of this kind can have. */
export function nameSuggestion({ kind, name = "" }: ObjectTarget, target: string): string {
  const word = target.slice(0, target.indexOf("/"));
  const [first = "", second = "", ...more] = name.split("/");
  if (second !== "" && more.length === 0 && nameProblem(kind, second) === undefined)
    return first === word || kindOf(first) === kind
      ? `Did you mean ${word}/${second}?`
      : `Did you mean ${word}/${second} with \`-n ${first}\`?`;
  const meant = nearestName(kind, name);
  return meant === undefined ? `Write ${word}/NAME.` : `Did you mean ${word}/${meant}?`;
}

/**
 * `job` without a name and a selector.
 * @param next the word behind it, which may have been meant as the name (`job x`, as k8s-wait-for has it).
 */
export function needsName(target: string, kind: Kind, next: string | undefined): SluiceError {
  const forms = KINDS[kind].selectable ? `${target}/NAME, or \`${target} -l SELECTOR\`` : `${target}/NAME`;
  const isName = next !== undefined && nameProblem(kind, next) === undefined;
  const suggestion = isName ? `Did you mean ${target}/${next}?` : `Write ${forms}.`;
  return new SluiceError("SL5006", { params: { target, problem: "the name is missing", suggestion } });
}

/** Selectors and targets that do not go together. */
export function pairing(problem: string, suggestion: string): SluiceError {
  return new SluiceError("SL5008", { params: { problem, suggestion } });
}

/** As a shell takes it. */
function quoted(text: string): string {
  return /^[\w=.,/-]+$/.test(text) ? text : `'${text.replaceAll("'", "")}'`;
}

/** Kinds that hold others, which are meant. */
function otherKind(target: string): string | undefined {
  return /^(cronjobs?|cj)(\.(v1\.)?batch)?(\/|$)/i.test(target)
    ? "A CronJob is no target; name its Job: job/NAME"
    : undefined;
}

/** Characters of a target that an error repeats. */
const LONGEST = 80;

/** A target as an error repeats it: without whatever could be a password, quoted where it is empty, not too long. */
export function shownTarget(target: string): string {
  const shorn = target.replace(/:\/\/.*$/s, "://...");
  return shorn.trim() === "" ? JSON.stringify(shorn) : shorten(shorn, LONGEST);
}

/** Only words of some length: "po" is near "run" in no way that helps. */
function nearKind(word: string): keyof typeof KINDS | undefined {
  const names = kindWords.flatMap((kind) => [kind, KINDS[kind].plural]);
  const close = nearest(word, names);
  return close === undefined ? undefined : kindOf(close);
}

/** For URLs; repeats no more of one than host and port. */
function addressSuggestion(scheme: string, rest: string): string | undefined {
  if (/^postgres(ql)?$/.test(scheme))
    return "Did you mean `sluice wait database`? The address comes by SLUICE_URL or --url.";
  if (rest === "" && ["http", "https"].includes(scheme))
    return `The host is missing: write ${scheme}://HOST[:PORT]/PATH`;
  if (rest === "" && scheme === "tcp") return "The host is missing: write tcp://HOST:PORT";
  const close = nearest(scheme, ["http", "https", "tcp"]);
  if (close !== undefined) return `Did you mean ${close}://...?`;
  const [, host] = /^(?:[^\s/]*@)?([\w.-]+:\d+)(?:[/?].*)?$/.exec(rest) ?? [];
  return host === undefined ? "Did you mean tcp://HOST:PORT?" : `Did you mean tcp://${host}?`;
}
