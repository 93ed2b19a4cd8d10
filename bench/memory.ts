import type { Benchmark } from "./benchmark.ts";
import { migrationFolder } from "./files.ts";
import { memoryGoal } from "./goals.ts";
import { hasTime, measure } from "./measure.ts";
import { median } from "./statistics.ts";
import { formatMiB } from "./table.ts";

/** Peak resident memory of applying 1,000 files, and of the run after it, which has nothing to do. */
export const memory: Benchmark = {
  name: "memory",
  async run({ subjects, rounds = 3, scratch, server, say, signal }) {
    const { createDatabase, verify, dropDatabase } = await server();
    const series = subjects.map((subject) => ({ subject, apply: [] as number[], noop: [] as number[] }));
    if (!hasTime()) say("memory: not measured, for that takes GNU time at /usr/bin/time (package time)");
    for (let round = 0; hasTime() && round < rounds; round++) {
      for (const { subject, apply, noop } of series) {
        const url = await createDatabase("memory");
        const command = subject.migrate(subject.executable, migrationFolder(subject, scratch), url);
        for (const peaks of [apply, noop]) {
          const { peakMiB } = await measure(command, { scratch, memory: true, signal });
          if (peakMiB !== undefined) peaks.push(peakMiB);
        }
        await verify("memory");
        await dropDatabase("memory");
        say(`memory: ${subject.name} ${formatMiB(apply.at(-1))} and ${formatMiB(noop.at(-1))} MiB`);
      }
    }
    const sluice = series.find(({ subject }) => subject.name === "sluice");
    return {
      title: "Memory",
      about: `Peak resident memory of the process, as GNU time reports it; median of ${rounds} rounds.`,
      tables: [
        {
          columns: ["tool", "version", "applying 1,000 files MiB", "nothing to do MiB"],
          rows: series.map(({ subject, apply, noop }) => [
            subject.name,
            subject.version,
            formatMiB(median(apply)),
            formatMiB(median(noop)),
          ]),
        },
      ],
      goals: [memoryGoal("under 60 MiB", [...(sluice?.apply ?? []), ...(sluice?.noop ?? [])], 60)],
    };
  },
};
