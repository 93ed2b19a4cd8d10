import type { Benchmark } from "./benchmark.ts";
import { measure } from "./measure.ts";
import { runRounds, timesTable } from "./rounds.ts";

/** The start of the process alone: each tool prints its version. */
export const start: Benchmark = {
  name: "start",
  async run({ subjects, rounds = 30, scratch, say, signal }) {
    say(`start: ${rounds} rounds`);
    const series = await runRounds(subjects, rounds, (subject, warmUp) =>
      measure(subject.showVersion(subject.executable), { scratch, memory: warmUp, signal }),
    );
    return {
      title: "Start of the process",
      about: `Each tool prints its version; ${rounds} rounds.`,
      tables: [timesTable(series)],
      goals: [],
    };
  },
};
