import type { Benchmark } from "./benchmark.ts";
import { type CrowdSeries, crowdGoal, crowdSize, crowdTable, reasonLines } from "./crowd-report.ts";
import { migrationFolder } from "./files.ts";
import type { Command } from "./peers/peer.ts";
import { type ProcessEnd, runProcess } from "./process.ts";

const files = 20;

/** Ends a tool that hangs; no honest run takes nearly so long. */
const limitMs = 120_000;

/** Starts 50 runners of each tool at once on an empty database, as 50 pods with an init container each would. */
export const crowd: Benchmark = {
  name: "crowd",
  async run({ subjects, rounds = 5, scratch, server, say, signal }) {
    const { createDatabase, verify, dropDatabase } = await server();
    // The floor takes no lock: it is no tool that could be run twice.
    const series: CrowdSeries[] = subjects
      .filter(({ name }) => name !== "floor")
      .map((subject) => ({
        subject,
        alone: [],
        together: [],
        starts: [],
        failed: [],
        complete: [],
        reasons: new Map<string, number>(),
      }));
    const start = (command: Command, count: number) => startTogether(command, count, scratch, signal);
    // The first round warms up and does not count.
    for (let round = 0; round <= rounds; round++) {
      for (const one of series) {
        const { subject } = one;
        const onEmptyDatabase = async (count: number) => {
          const url = await createDatabase("crowd");
          try {
            const folder = migrationFolder(subject, scratch, files);
            const result = await start(subject.migrate(subject.executable, folder, url), count);
            const complete = await verify("crowd", files).then(
              () => true,
              () => false,
            );
            return { ...result, complete };
          } finally {
            await dropDatabase("crowd");
          }
        };
        const alone = await onEmptyDatabase(1);
        if (alone.failures[0]) throw new Error(`${subject.name}: ${alone.failures[0].said}`);
        if (!alone.complete) throw new Error(`${subject.name} did not apply all of ${files} files`);
        const together = await onEmptyDatabase(crowdSize);
        const starts = await start(subject.showVersion(subject.executable), crowdSize);
        const figures = `alone ${Math.round(alone.milliseconds)} ms, ${crowdSize} at once ${Math.round(together.milliseconds)} ms`;
        const { length: failed } = together.failures;
        say(`crowd: ${subject.name} ${figures}, ${failed} failed${round === 0 ? " (warm-up)" : ""}`);
        if (round === 0) continue;
        one.alone.push(alone.milliseconds);
        one.together.push(together.milliseconds);
        one.starts.push(starts.milliseconds);
        one.failed.push(failed);
        one.complete.push(together.complete);
        for (const failure of together.failures) {
          const reason = lastLine(failure);
          one.reasons.set(reason, (one.reasons.get(reason) ?? 0) + 1);
        }
      }
    }
    const output = reasonLines(series);
    return {
      title: `${crowdSize} runners at once`,
      about:
        `One runner, and ${crowdSize} started together, each time on an empty database, with ${files} files of one table each: the time\n` +
        `until the last has ended, and for comparison that of ${crowdSize} processes that only print their version. ${rounds} rounds.` +
        (output === ""
          ? ""
          : "\nBelow: what the runners that failed printed last, and how often in all rounds."),
      tables: [crowdTable(series)],
      goals: [crowdGoal(series)],
      ...(output ? { output } : {}),
    };
  },
};

/** Without a date and time at its beginning, which would make each a reason of its own. */
function lastLine({ failure, said }: ProcessEnd): string {
  const line = said.split("\n").at(-1) ?? "";
  return line.replace(/^\d{4}\S+ \d\d:\d\d:\d\d /, "") || (failure ?? "");
}

async function startTogether(command: Command, count: number, scratch: string, signal: AbortSignal) {
  const begin = performance.now();
  const ends = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      runProcess(command, { scratch, outputName: `output-${index}`, limitMs, signal }),
    ),
  );
  const milliseconds = performance.now() - begin;
  return { milliseconds, failures: ends.filter(({ failure }) => failure !== undefined) };
}
