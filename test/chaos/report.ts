import { describeMachine } from "../../bench/results.ts";
import { chaosTitle } from "../../bench/results-file.ts";

/** What a whole chaos run brought. */
export interface ChaosResult {
  date: Date;
  /** Arguments of `npm run chaos --` that repeat it, as far as it can be repeated. */
  args: string;
  /** Of the first round; each further one adds one. */
  seed: number;
  /** Crowds of 50 undisturbed runners on an empty database. */
  crowds: number;
  rounds: number;
  /** Processes of runners that were started in the rounds. */
  starts: number;
  gates: number;
  seconds: number;
  /** Faults by name. */
  faults: Readonly<Record<string, number>>;
  /** Seed and differences of each round or crowd that went wrong. */
  wrong: readonly { what: string; seed: number; lines: readonly string[] }[];
}

/** "Nothing lost ..." or how many rounds went wrong. */
export function outcome({ wrong }: Pick<ChaosResult, "wrong">): string {
  if (wrong.length === 0) return "Nothing lost, nothing doubled, no hand needed, no gate early.";
  return `${wrong.length} ${wrong.length === 1 ? "round" : "rounds"} went wrong.`;
}

/** The part of bench/RESULTS.md, in Markdown. */
export function renderChaos(result: ChaosResult): string {
  const { date, args, seed, crowds, rounds, starts, gates, seconds, faults, wrong } = result;
  const sum = Object.values(faults).reduce((all, count) => all + count, 0);
  const byCount = Object.entries(faults).sort(([a, x], [b, y]) => y - x || a.localeCompare(b));
  const width = Math.max(5, ...byCount.map(([name]) => name.length));
  const lines = [
    chaosTitle,
    "",
    `Run on ${date.toISOString().slice(0, 10)} by \`npm run chaos -- ${args}\`.`,
    "",
    `- Outcome: ${outcome(result)}`,
    `- ${sum} faults in ${rounds} rounds, seeds ${seed} to ${seed + Math.max(0, rounds - 1)}; ${starts} runs, ${gates} gates; ${Math.round(seconds)} s`,
    `- ${crowds} times 50 runners at once on an empty database, undisturbed`,
    `- Machine: ${describeMachine()}`,
    "",
    `| ${"fault".padEnd(width)} | times |`,
    `| ${"-".repeat(width)} | ----: |`,
    ...byCount.map(([name, count]) => `| ${name.padEnd(width)} | ${String(count).padStart(5)} |`),
  ];
  for (const one of wrong) {
    lines.push("", `### ${one.what}, seed ${one.seed}`, "", "```", ...one.lines, "```");
  }
  return `${lines.join("\n")}\n`;
}
