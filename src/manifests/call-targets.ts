import { namedBy, verbOf } from "./kubectl.ts";
import { positional, valuesOf } from "./option-words.ts";
import { workloadKind } from "./workloads.ts";

/**
 * What a container runs of Sluice, or of what it can stand in for: `wait_for.sh` of k8s-wait-for, and kubectl where it holds a
 * pod back.
 */
export interface Call {
  readonly program: "sluice" | "wait_for.sh" | "kubectl";
  /** Of Sluice: "wait", "migrate"; of the others always "wait". */
  readonly command: string;
  /** What stands behind it; of kubectl beginning with its own command. */
  readonly words: readonly string[];
}

/** Something that a gate waits for. */
export interface CallTarget {
  /** As it is written: "job/shop-migrate". */
  readonly text: string;
  /** "schema", "run", "database", "tcp", "http", or the kind of an object. */
  readonly word: string;
  /** "Job", "Deployment", "Service". */
  readonly kind?: string;
  /** Undefined where a selector says which. */
  readonly name?: string;
  readonly selector?: string;
}

/** What a `wait` waits for, in the order in which it is written; words that are no target are passed over. */
export function targetsOf({ program, words }: Call): CallTarget[] {
  if (program === "kubectl") return kubectlTargets(words);
  return program === "sluice" ? sluiceTargets(words) : oldTargets(words);
}

function sluiceTargets(words: readonly string[]): CallTarget[] {
  const selectors = valuesOf(words, ["-l", "--selector"]);
  const found: CallTarget[] = [];
  let nameless = 0;
  for (const text of positional(words)) {
    const [, word = "", sign, rest = ""] = /^([^/:]*)(:\/\/|\/)?(.*)$/s.exec(text) ?? [];
    if (sign === "://") {
      if (["tcp", "http", "https"].includes(word.toLowerCase())) found.push({ text, word });
      continue;
    }
    if ((sign === undefined && (word === "schema" || word === "database")) || (word === "run" && rest !== ""))
      found.push({ text, word });
    const kind = objectKind(word);
    if (kind === undefined) continue;
    if (rest !== "") found.push({ text, word, kind, name: rest });
    else if (sign === undefined && selectors.length > 0) {
      const selector = (selectors.length === 1 ? selectors[0] : selectors[nameless++]) as string | undefined;
      if (selector !== undefined) found.push({ text: `${text} -l ${selector}`, word, kind, selector });
    }
  }
  return found;
}

/** `job NAME`, `pod -lSELECTOR`, `service NAME`; `job-wr` and `pod-we` are forms of the same. */
function oldTargets([first = "", ...rest]: readonly string[]): CallTarget[] {
  const kind = objectKind(first.replace(/-(wr|we)$/, ""));
  const [second = ""] = rest;
  if (kind === undefined || second === "") return [];
  const text = `${first} ${rest.join(" ")}`;
  const word = first;
  if (!second.startsWith("-")) return [{ text, word, kind, name: second }];
  const [selector] = valuesOf(rest, ["-l", "--selector"]);
  return selector === undefined ? [] : [{ text, word, kind, selector }];
}

/** `kubectl wait` for any of these objects; who only gets or describes one may want something else of it, unless it is a Job. */
function kubectlTargets(words: readonly string[]): CallTarget[] {
  return namedBy(words).flatMap(({ type, name, selector }): CallTarget[] => {
    const kind = objectKind(type);
    if (kind === undefined || (kind !== "Job" && verbOf(words) !== "wait")) return [];
    const word = kind.toLowerCase();
    if (name !== undefined) return [{ text: `${word}/${name}`, word, kind, name }];
    return selector === undefined ? [] : [{ text: `${word} -l ${selector}`, word, kind, selector }];
  });
}

function objectKind(word: string): string | undefined {
  const name = word.split(".")[0] ?? "";
  if (/^(service|services|svc)$/.test(name)) return "Service";
  const kind = name === "" ? undefined : workloadKind(name);
  return kind !== undefined && ["Job", "Pod", "Deployment", "StatefulSet", "DaemonSet"].includes(kind)
    ? kind
    : undefined;
}
