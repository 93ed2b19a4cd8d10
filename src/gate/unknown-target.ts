import { nearest } from "../text/nearest.ts";
import { KINDS, kindOf, kindWords, nameProblem } from "./kinds.ts";

/**
 * The nearest right form of a target that there is not.
 * @param words first words of the targets that are no objects.
 * @param forms of all targets.
 */
export function suggestionFor(target: string, words: readonly string[], forms: readonly string[]): string {
  const all = `Targets: ${forms.join(", ")}.`;
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
  const close = nearest(scheme, ["http", "https", "tcp"]);
  if (close !== undefined) return `Did you mean ${close}://...?`;
  const [, host] = /^(?:[^\s/]*@)?([\w.-]+:\d+)(?:[/?].*)?$/.exec(rest) ?? [];
  return host === undefined ? "Did you mean tcp://HOST:PORT?" : `Did you mean tcp://${host}?`;
}
