import type { Benchmark } from "../benchmark.ts";
import { gateGoals, gateTables, type WaiterSeries } from "./report.ts";
import { sampleIdle, sampleLatency, sampleStart } from "./run.ts";
import { startStage } from "./stage.ts";
import { waiters } from "./waiters.ts";

/** How long the idle waiters wait, in milliseconds. */
const IDLE = 60_000;

/** A gate on a Job beside what people use today. */
export const gate: Benchmark = {
  name: "gate",
  alone: true,
  async run({ subjects, rounds = 20, scratch, say, signal }) {
    const sluice = subjects.find(({ name }) => name === "sluice");
    if (sluice === undefined) throw new Error("the gate cannot be measured without sluice");
    say("gate: starting an API server");
    const stage = await startStage(scratch);
    try {
      const series: WaiterSeries[] = waiters(sluice.executable, stage.kubectl).map((waiter) => ({
        waiter,
        latency: [],
        start: [],
        idle: undefined,
      }));
      say(`gate: waiting for ${IDLE / 1000} s`);
      await Promise.all(
        series.map(async (one, index) => {
          const name = `idle-${index}`;
          one.idle = await sampleIdle({ stage, waiter: one.waiter, job: name, user: name, signal }, IDLE);
        }),
      );
      for (let round = 0; round < rounds; round++) {
        say(`gate: round ${round + 1} of ${rounds}`);
        for (const [index, { waiter, latency, start }] of series.entries()) {
          const trial = { stage, waiter, signal };
          const job = `job-${round}-${index}`;
          latency.push(await sampleLatency({ ...trial, job, user: `latency-${index}` }));
          // A loop has no watch.
          if (index < 2) start.push(await sampleStart({ ...trial, job: "idle-0", user: `start-${index}` }));
        }
      }
      return {
        title: "Waiting for a Job",
        about:
          "From the sending of Complete to the API server to the exit of the waiter; the requests (from the audit log),\n" +
          `CPU time and peak memory of a waiter and its children in ${IDLE / 1000} s of waiting; and from the start of the process to its\n` +
          `watch at the API server. API server and waiters share the machine; the waiters take turns, ${rounds} rounds.`,
        tables: gateTables(series),
        goals: gateGoals(series),
      };
    } finally {
      await stage.stop();
    }
  },
};
