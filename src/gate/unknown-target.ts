import { nearest } from "../text/nearest.ts";
import { shorten } from "../text/shorten.ts";
import { KINDS, kindOf, kindWords, nameProblem } from "./kinds.ts";

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
