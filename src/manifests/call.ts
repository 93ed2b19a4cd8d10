import { type Call, targetsOf } from "./call-targets.ts";
import { type JsonMap, mapsAt, textAt } from "./json.ts";
import { verbOf, waitingWords } from "./kubectl.ts";
import { isPositional } from "./option-words.ts";
import { filledIn, hasLoop, shellCalls } from "./shell.ts";

/** The command of a container, where it is one of ours; undefined where it runs something else. */
export function callOf(container: JsonMap): Call | undefined {
  const variables = variablesOf(container);
  const texts = (key: string) =>
    Array.isArray(container[key]) ? container[key].map((word) => filledIn(String(word), variables)) : [];
  const [command, args] = [texts("command"), texts("args")];
  const line = [...command, ...args];
  const program = line.findIndex((word) => /(^|\/)(sluice|wait_for\.sh)$/.test(word));
  if (program !== -1) return call(line[program] as string, line.slice(program + 1));
  const scripted = line.flatMap(callsInScript);
  // The first that matters: `sluice --version; sluice migrate`.
  const [first] = [...scripted.filter(({ command }) => /^(migrate|run|wait)$/.test(command)), ...scripted];
  return first ?? kubectlCall(line) ?? (command.length > 0 ? undefined : callOfImage(container, args));
}

/** Images whose entrypoint it is. */
function callOfImage(container: JsonMap, args: readonly string[]): Call | undefined {
  const image = textAt(container, "image") ?? "";
  if (/(^|\/)sluice([:@]|$)/.test(image)) return call("sluice", args);
  if (/(^|\/)k8s-wait-for([:@]|$)/.test(image)) return call("wait_for.sh", args);
  return /(^|\/)(k8s-)?kubectl([:@]|$)/.test(image) ? gateOf(args) : undefined;
}

function variablesOf(container: JsonMap): Map<string, string> {
  const all = mapsAt(container, "env").map((one) => [textAt(one, "name"), textAt(one, "value")]);
  return new Map(all.filter((pair): pair is [string, string] => pair.every((part) => part !== undefined)));
}

/** The calls in a text that a shell gets. */
function callsInScript(text: string): Call[] {
  return shellCalls(text, String.raw`sluice|wait_for\.sh`).flatMap(
    ({ program, words }) => call(program, words) ?? [],
  );
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

/** The call of kubectl that holds a pod back; where there are several, one for a Job. */
function kubectlCall(line: readonly string[]): Call | undefined {
  const program = line.findIndex((word) => /(^|\/)kubectl$/.test(word));
  if (program !== -1) return gateOf(line.slice(program + 1));
  const calls = line.flatMap((text) => {
    // Who looks once, and does not wait, may look for any reason.
    const isLoop = hasLoop(text);
    return shellCalls(text, "kubectl")
      .flatMap(({ words }) => gateOf(words) ?? [])
      .filter(({ words }) => isLoop || verbOf(words) === "wait");
  });
  return calls.find((one) => targetsOf(one).some(({ kind }) => kind === "Job")) ?? calls[0];
}

function gateOf(all: readonly string[]): Call | undefined {
  const words = waitingWords(all);
  if (words === undefined) return undefined;
  const found: Call = { program: "kubectl", command: "wait", words };
  return targetsOf(found).length > 0 ? found : undefined;
}
