/** What was said in kubectl's way. */
export interface Flags {
  names: readonly string[];
  selector?: string;
  namespace?: string;
  context?: string;
  kubeconfig?: string;
}

const OPTIONS = {
  "-n": "namespace",
  "--namespace": "namespace",
  "-l": "selector",
  "--selector": "selector",
  "--context": "context",
  "--kubeconfig": "kubeconfig",
} as const;

/** Taken and without effect here: they change how kubectl asks or prints, not what is awaited. */
const IDLE_WITH_VALUE = ["--request-timeout", "--cache-dir", "--chunk-size", "-v", "--v"];
const IDLE = ["--match-server-version", "--ignore-not-found", "--show-events", "--warnings-as-errors"];

/** How the credentials are given instead; kubectl's own options for it are not taken. */
const CREDENTIALS =
  /^(-s|--(server|token|user|cluster|username|password|as|as-group|as-uid|certificate-authority|client-certificate|client-key|insecure-skip-tls-verify|tls-server-name|proxy-url))(=|$)/;

/**
 * Reads words as kubectl does: options anywhere, with `=`, a blank or (one letter) nothing before the value; the last
 * one of a kind wins; everything after `--` is a name.
 * @returns what is wrong, as a sentence without a full stop, for an option that is not taken.
 */
export function readFlags(words: readonly string[]): Flags | { problem: string } {
  const names: string[] = [];
  const flags: Flags = { names };
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (word === "--") {
      names.push(...words.slice(at + 1));
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      names.push(word);
      continue;
    }
    const { option, value } = split(word);
    if (IDLE.includes(option)) continue;
    const known = Object.hasOwn(OPTIONS, option) ? OPTIONS[option as keyof typeof OPTIONS] : undefined;
    if (known === undefined && !IDLE_WITH_VALUE.includes(option)) return { problem: unknown(word) };
    const given = value ?? words[++at];
    if (given === undefined) return { problem: `${option} needs a value` };
    if (known !== undefined) flags[known] = given;
  }
  return flags;
}

/** `-lapp=x` is `-l` with `app=x`, and so is `-l=app=x` (pflag, as kubectl uses it). */
function split(word: string): { option: string; value?: string } {
  if (!word.startsWith("--")) {
    const value = word.slice(2);
    return value === "" ? { option: word } : { option: word.slice(0, 2), value: value.replace(/^=/, "") };
  }
  const at = word.indexOf("=");
  return at === -1 ? { option: word } : { option: word.slice(0, at), value: word.slice(at + 1) };
}

function unknown(word: string): string {
  if (CREDENTIALS.test(word))
    // Not the word itself: it may hold a token.
    return `${word.replace(/=.*/s, "")} is not taken here: put server and credentials into a kubeconfig, and name it with --kubeconfig or KUBECONFIG`;
  if (/^(-A|--all-namespaces)/.test(word)) return "one namespace at a time: -A is not taken here";
  return `${word} is not taken here; what is: -l, -n, --context, --kubeconfig`;
}
