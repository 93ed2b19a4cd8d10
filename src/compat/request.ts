import { nameProblem } from "../gate/kinds.ts";
import { type Flags, readFlags } from "./flags.ts";
import { usage } from "./usage.ts";

/** What counts: `plain` success only; `we` errors too; `wr` errors too, and at least one success. */
export type Mode = "plain" | "we" | "wr";

export interface Request {
  kind: "job" | "pod" | "service";
  mode: Mode;
  /** Exact names; empty where a selector, or everything in the namespace, is meant. */
  names: readonly string[];
  /** "" is everything in the namespace. */
  selector: string;
  namespace: string | undefined;
  context: string | undefined;
  kubeconfig: string | undefined;
  /** As k8s-wait-for writes it in its lines: "job app-migrate -n app". */
  label: string;
  /** Milliseconds between two lines on standard output. */
  every: number;
  debug: number;
  /** For standard error. */
  warnings: readonly string[];
}

/** What is said instead of waiting; always with exit status 1, the only one that k8s-wait-for has for it. */
export interface Refusal {
  output?: string;
  error?: string;
}

export type Env = Readonly<Record<string, string | undefined>>;

const SUFFIXES = { "": "plain", "-we": "we", "-wr": "wr" } as const;
/** TREAT_ERRORS_AS_READY, which the suffix of the type sets. */
const MODES: Readonly<Record<string, Mode>> = { "0": "plain", "1": "we", "2": "wr" };

/**
 * Reads k8s-wait-for's command line and environment (wait_for.sh, commit bb1dc78): TYPE, then a name or an option,
 * which stays one argument; whatever follows is split at white space and goes to kubectl.
 * @param program how usage names itself.
 */
export function readRequest(args: readonly string[], env: Env, program: string): Request | Refusal {
  const [type = "", first = "", ...others] = args;
  if (args.length < 2) return { output: usage(program) };
  const [, kind, suffix = ""] = /^(job|pod|service)(-we|-wr)?$/.exec(type) ?? [];
  if (kind === undefined || (kind === "service" && suffix !== ""))
    return refusal(`ERROR: Unknown resource type: ${type}`, program);

  const rest = [...others, env["KUBECTL_ARGS"] ?? ""].join(" ").trim();
  const flags = readFlags([first, ...rest.split(/\s+/).filter((word) => word !== "")]);
  if ("problem" in flags) return refusal(`error: ${flags.problem}`, program);
  const problem = problemOf(kind as Request["kind"], flags);
  if (problem !== undefined) return refusal(`error: ${problem}`, program);

  const warnings: string[] = [];
  const wanted = env["TREAT_ERRORS_AS_READY"] || "0";
  const mode = suffix === "" ? MODES[wanted] : SUFFIXES[suffix as keyof typeof SUFFIXES];
  if (mode === undefined)
    warnings.push(`TREAT_ERRORS_AS_READY is 0, 1 or 2, not ${wanted}: errors do not count as ready`);
  const every = readWaitTime(env["WAIT_TIME"] || "2");
  if (every === undefined)
    warnings.push(
      `WAIT_TIME is a number of seconds, 1 at the least, not ${env["WAIT_TIME"]}: a line every 2 seconds`,
    );
  const debug = Number(env["DEBUG"] || "0");
  return {
    kind: kind as Request["kind"],
    mode: kind === "service" ? "plain" : (mode ?? "plain"),
    names: [...new Set(flags.names)],
    selector: (flags.selector ?? "").trim(),
    namespace: flags.namespace?.trim() || undefined,
    context: flags.context,
    kubeconfig: flags.kubeconfig,
    label: `${kind} ${[first, rest].filter((part) => part !== "").join(" ")}`,
    every: every ?? 2000,
    debug: Number.isNaN(debug) ? 0 : debug,
    warnings,
  };
}

function refusal(what: string, program: string): Refusal {
  const next = `next: write \`${program} job NAME\` or \`${program} job -lKEY=VALUE\`; \`${program}\` alone prints all that there is`;
  return { error: `${what}\n${next}` };
}

function problemOf(kind: Request["kind"], { names, selector }: Flags): string | undefined {
  if (names.includes("")) return "resource name may not be empty";
  if (selector !== undefined && names.length > 0)
    return `a name (${names.join(", ")}) and a selector exclude each other; a selector with blanks stays one argument as "-lapp in (x, y)"`;
  const slashed = names.find((name) => name.includes("/"));
  if (slashed !== undefined)
    return `the type is given already: write ${slashed.slice(slashed.lastIndexOf("/") + 1)} instead of ${slashed}`;
  // A name that no object can have would be waited for without end.
  for (const name of names) {
    const wrong = nameProblem(kind, name);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/**
 * Milliseconds of what `sleep` of BusyBox takes: `2`, `0.5`, `2m`; at least a second, since they only space the lines of
 * a log. Undefined for everything else, and for 0, which made the shell script a busy loop.
 */
function readWaitTime(text: string): number | undefined {
  const [, number, unit = "s"] = /^(\d+(?:\.\d+)?|\.\d+)([smhd])?$/.exec(text) ?? [];
  if (number === undefined || Number(number) === 0) return undefined;
  const factor = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit] ?? 1000;
  // Timers end at 2^31 - 1.
  return Math.min(Math.max(Number(number) * factor, 1000), 2 ** 31 - 1);
}
