/** A call of a program in a text that a shell gets. */
export interface ShellCall {
  /** As it is written: "/usr/bin/kubectl". */
  readonly program: string;
  /** What stands behind it, up to the end of the command, without quotes and redirections. */
  readonly words: readonly string[];
}

const word = /[ \t]*((?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s;&|()<>`'"\\])+)/y;
const redirection = /[ \t]*\d*(?:>>?|<)&?[ \t]*[^\s;&|()]+/y;

const assignment = /^\s*(?:export\s+)?([A-Za-z_]\w*)=["']?([\w./-]+)["']?\s*;?$/gm;

/**
 * Calls of some programs in the text of a shell. No shell: it looks for commands and does not run the text, so it knows no
 * functions and no aliases.
 * @param programs names, as an alternative of a regular expression.
 */
export function shellCalls(text: string, programs: string): ShellCall[] {
  const plain = text.replace(/\\\r?\n/g, " ").replace(/^\s*#.*$/gm, "");
  const start = new RegExp(`(?<=^|[\\s;&|(\`])(?:\\S*/)?(?:${programs})(?=\\s|$)`, "gm");
  return [...plain.matchAll(start)].flatMap(({ 0: program, index }): ShellCall[] => {
    if (isSaid(plain.slice(0, index))) return [];
    return [{ program, words: wordsAt(plain, index + program.length) }];
  });
}

/** Whether a text that a shell gets repeats something. */
export function hasLoop(text: string): boolean {
  return /(^|[\s;&|])(until|while|for)\s/.test(text);
}

/** Whether what follows is only printed: `echo "run sluice migrate"`. */
function isSaid(before: string): boolean {
  const command = before.split(/[\n;&|(`]/).at(-1) ?? "";
  return /^\s*(?:(?:do|then|else)\s+)?(?:echo|printf)\s/.test(command);
}

function wordsAt(text: string, from: number): string[] {
  const words: string[] = [];
  let at = from;
  for (;;) {
    redirection.lastIndex = at;
    if (redirection.exec(text) !== null) {
      at = redirection.lastIndex;
      continue;
    }
    word.lastIndex = at;
    const found = word.exec(text)?.[1];
    if (found === undefined) return words;
    at = word.lastIndex;
    words.push(unquoted(found));
  }
}

function unquoted(text: string): string {
  return text.replace(
    /'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/g,
    (_, single?: string, double?: string, one?: string) =>
      single ?? double?.replace(/\\([\\"$`])/g, "$1") ?? one ?? "",
  );
}

/**
 * A text in which variables stand with their values, where these are known: those of the container (`$(NAME)`, which
 * the kubelet fills in), and in a shell's text `$NAME` and `${NAME}` too, with what the text itself sets.
 */
export function filledIn(text: string, variables: ReadonlyMap<string, string>): string {
  const known = new Map(variables);
  for (const [, name = "", value = ""] of text.matchAll(assignment)) known.set(name, value);
  return text.replace(
    /(?<!\$)\$(?:\((\w+)\)|\{(\w+)\}|(\w+))/g,
    (whole, kubelet?: string, braces?: string, bare?: string) =>
      known.get(kubelet ?? braces ?? bare ?? "") ?? whole,
  );
}
