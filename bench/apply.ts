import type { Benchmark } from "./benchmark.ts";
import { migrationFolder } from "./files.ts";
import { ratioGoal } from "./goals.ts";
import { measure } from "./measure.ts";
import { runRounds, timesTable } from "./rounds.ts";

/** Applies 1,000 files of one table each to an empty database, a new one each time. */
export const apply: Benchmark = {
  name: "apply",
  async run({ subjects, rounds = 5, scratch, server, say, signal }) {
    const { createDatabase, verify, dropDatabase } = await server();
    const series = await runRounds(subjects, rounds, async (subject, warmUp) => {
      const url = await createDatabase("apply");
      const command = subject.migrate(subject.executable, migrationFolder(subject, scratch), url);
      const sample = await measure(command, { scratch, memory: warmUp, signal });
      await verify("apply");
      await dropDatabase("apply");
      say(`apply: ${subject.name} ${Math.round(sample.milliseconds)} ms${warmUp ? " (warm-up)" : ""}`);
      return sample;
    });
    return {
      title: "Applying 1,000 files",
      about: `Each file creates one table; empty database; ${rounds} rounds.`,
      tables: [timesTable(series)],
      goals: [
        ratioGoal("1,000 files not slower than goose", series, "goose", 1),
        ratioGoal("1,000 files within 1.2 times the floor", series, "floor", 1.2),
      ],
    };
  },
};
