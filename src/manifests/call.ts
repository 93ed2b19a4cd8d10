import { type JsonMap, textAt } from "./json.ts";
import { workloadKind } from "./workloads.ts";

/** What a container runs of Sluice, or of the `wait_for.sh` that it can stand in for. */
export interface Call {
  readonly program: "sluice" | "wait_for.sh";
  /** Of Sluice: "wait", "migrate"; of `wait_for.sh` always "wait". */
  readonly command: string;
  /** What stands behind it. */
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

/** Options of `sluice wait` that take no value; every other one takes the next word, unless it holds `=`. */
export const SWITCHES: ReadonlySet<string> = new Set([
  "--fail-fast",
  "--logs",
  "--insecure-skip-tls-verify",
  "--quiet",
  "--verbose",
  "--color",
  "--no-color",
  "--help",
  "--version",
  "-h",
  "-q",
  "-v",
]);

/** The command of a container, where it is one of ours; undefined where it runs something else. */
export function callOf(container: JsonMap): Call | undefined {
  const texts = (key: string) => (Array.isArray(container[key]) ? container[key].map(String) : []);
  const [command, args] = [texts("command"), texts("args")];
  const line = [...command, ...args];
  const image = textAt(container, "image") ?? "";
  const program = line.findIndex((word) => /(^|\/)(sluice|wait_for\.sh)$/.test(word));
  if (program !== -1) return call(line[program] as string, line.slice(program + 1));
  const scripted = line.flatMap(callsInScript);
  // The first that matters: `sluice --version; sluice migrate`.
  const [first] = [...scripted.filter(({ command }) => /^(migrate|run|wait)$/.test(command)), ...scripted];
  if (first !== undefined) return first;
  if (command.length > 0) return undefined;
  if (/(^|\/)sluice([:@]|$)/.test(image)) return call("sluice", args);
  return /(^|\/)k8s-wait-for([:@]|$)/.test(image) ? call("wait_for.sh", args) : undefined;
}

/** The calls in a text that a shell gets. */
function callsInScript(text: string): Call[] {
  const found = text.matchAll(/(?<=^|[\s;&|(])((?:\S*\/)?(?:sluice|wait_for\.sh))\s+([^;&|]*)/g);
  return [...found].flatMap(
    ([, name = "", rest = ""]) => call(name, rest.trim().split(/\s+/).map(unquoted)) ?? [],
  );
}

function unquoted(word: string): string {
  return word.replace(/^(["'])(.*)\1$/, "$2");
}

function call(program: string, words: readonly string[]): Call | undefined {
  if (/wait_for\.sh$/.test(program)) return { program: "wait_for.sh", command: "wait", words };
  // Options may stand before it: `sluice -q migrate`.
  const at = words.findIndex((_, index) => isPositional(words, index));
  const command = words[at];
  return command === undefined
    ? undefined
    : { program: "sluice", command, words: [...words.slice(0, at), ...words.slice(at + 1)] };
}

/** What a `wait` waits for, in the order in which it is written; words that are no target are passed over. */
export function targetsOf({ program, words }: Call): CallTarget[] {
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

function objectKind(word: string): string | undefined {
  const name = word.split(".")[0] ?? "";
  if (/^(service|services|svc)$/.test(name)) return "Service";
  const kind = name === "" ? undefined : workloadKind(name);
  return kind !== undefined && ["Job", "Pod", "Deployment", "StatefulSet", "DaemonSet"].includes(kind)
    ? kind
    : undefined;
}

/** Words that are neither options nor their values. */
function positional(words: readonly string[]): string[] {
  return words.filter((_, index) => isPositional(words, index));
}

function isPositional(words: readonly string[], index: number): boolean {
  if (words[index]?.startsWith("-")) return false;
  const before = words[index - 1];
  return !(before?.startsWith("-") && !before.includes("=") && !SWITCHES.has(before));
}

/** Values of an option, in each of its forms: `--id X`, `--id=X`, `-lX`. */
export function valuesOf(words: readonly string[], names: readonly string[]): string[] {
  return words.flatMap((word, index) => {
    for (const name of names) {
      if (word === name) return words[index + 1] ?? [];
      if (word.startsWith(`${name}=`)) return word.slice(name.length + 1);
      if (/^-[a-z]$/.test(name) && word.startsWith(name)) return word.slice(name.length);
    }
    return [];
  });
}
