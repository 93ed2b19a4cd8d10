import { isPositional, positional, valuesOf } from "./option-words.ts";

/** Options of kubectl without a value (`kubectl get --help`, `kubectl wait --help`, `kubectl options`). */
const SWITCHES: ReadonlySet<string> = new Set([
  ...[
    "--all",
    "--all-namespaces",
    "-A",
    "--ignore-not-found",
    "--no-headers",
    "--show-labels",
    "--show-kind",
  ],
  ...["--watch", "-w", "--watch-only", "--recursive", "-R", "--local", "--show-events", "--help", "-h"],
  ...[
    "--insecure-skip-tls-verify",
    "--match-server-version",
    "--warnings-as-errors",
    "--disable-compression",
  ],
]);

export type KubectlVerb = "wait" | "get" | "describe";

/**
 * The words of a kubectl command that can hold a pod back, its verb first; undefined for another one. `wait` for what is
 * deleted or has failed holds nothing back that a migration makes.
 */
export function waitingWords(words: readonly string[]): readonly string[] | undefined {
  const at = words.findIndex((_, index) => isPositional(words, index, SWITCHES));
  const verb = words[at];
  if (verb !== "wait" && verb !== "get" && verb !== "describe") return undefined;
  const [aim = ""] = valuesOf(words, ["--for"]);
  if (/^(delete|condition=failed)\b/i.test(aim)) return undefined;
  return [verb, ...words.slice(0, at), ...words.slice(at + 1)];
}

/** The verb of such words. */
export function verbOf(words: readonly string[]): KubectlVerb {
  return words[0] as KubectlVerb;
}

/** An object that kubectl is asked for, or all with some labels. */
export interface Named {
  readonly type: string;
  readonly name?: string;
  readonly selector?: string;
}

/** What such words name: `TYPE/NAME...`, `TYPE NAME...`, `TYPE -l SELECTOR`. */
export function namedBy(words: readonly string[]): Named[] {
  const [, ...rest] = positional(words, SWITCHES);
  const [type = "", ...names] = rest;
  if (type.includes("/"))
    return rest.map((text) => {
      const slash = text.indexOf("/");
      return { type: text.slice(0, slash), name: text.slice(slash + 1) };
    });
  if (type === "") return [];
  if (names.length > 0) return names.map((name) => ({ type, name }));
  const [selector] = valuesOf(words, ["-l", "--selector"]);
  return selector === undefined ? [] : [{ type, selector }];
}
