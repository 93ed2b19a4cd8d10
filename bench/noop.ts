import type { Benchmark } from "./benchmark.ts";
import { migrationFolder } from "./files.ts";
import { ratioGoal } from "./goals.ts";
import { measure } from "./measure.ts";
import type { Command, Subject } from "./peers/peer.ts";
import { runRounds, timesTable } from "./rounds.ts";

/** Runs each tool on a database on which it has applied all of its 1,000 files: what every restart of a pod does. */
export const noop: Benchmark = {
  name: "noop",
  async run({ subjects, rounds = 30, scratch, server, say, signal }) {
    const { createDatabase, verify, dropDatabase } = await server();
    const commands = new Map<Subject, Command>();
    for (const [index, subject] of subjects.entries()) {
      say(`noop: ${subject.name} applies its files first`);
      const url = await createDatabase(`noop_${index}`);
      const command = subject.migrate(subject.executable, migrationFolder(subject, scratch), url);
      await measure(command, { scratch, memory: false, signal });
      await verify(`noop_${index}`);
      commands.set(subject, command);
    }
    say(`noop: ${rounds} rounds`);
    const series = await runRounds(subjects, rounds, (subject, warmUp) =>
      measure(commands.get(subject)!, { scratch, memory: warmUp, signal }),
    );
    for (const index of subjects.keys()) await dropDatabase(`noop_${index}`);
    return {
      title: "Nothing to do, 1,000 files applied",
      about: `The process starts, finds that nothing is pending, and ends; ${rounds} rounds.`,
      tables: [timesTable(series)],
      goals: [ratioGoal("no-op not slower than dbmate", series, "dbmate", 1)],
    };
  },
};
