import { parseArgs } from "node:util";
import type { Benchmark } from "./benchmark.ts";
import type { Peer } from "./peers/peer.ts";

export interface Options {
  benchmarks: readonly Benchmark[];
  peers: readonly Peer[];
  /** Measured rounds; undefined: as many as each benchmark thinks right. */
  rounds: number | undefined;
  /** Whether the result replaces bench/RESULTS.md. */
  write: boolean;
}

export const usage = "usage: npm run bench -- [NAME...] [--without TOOL]... [--rounds N] [--write]";

/** Reads the command line against the lists of what there is. Throws an Error that says what is wrong. */
export function readOptions(
  args: string[],
  benchmarks: readonly Benchmark[],
  peers: readonly Peer[],
): Options {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      without: { type: "string", multiple: true, default: [] },
      rounds: { type: "string" },
      write: { type: "boolean", default: false },
    },
  });
  const known = (kind: string, names: string[], list: readonly { name: string }[]) => {
    const stranger = names.find((name) => !list.some((one) => one.name === name));
    const all = list.map(({ name }) => name).join(", ");
    if (stranger !== undefined) throw new Error(`there is no ${kind} "${stranger}", only ${all}`);
  };
  known("benchmark", positionals, benchmarks);
  known("tool", values.without, peers);
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0)) {
    throw new Error("--rounds needs a whole number above 0");
  }
  return {
    benchmarks: benchmarks.filter(({ name }) => positionals.length === 0 || positionals.includes(name)),
    peers: peers.filter(({ name }) => !values.without.includes(name)),
    rounds,
    write: values.write,
  };
}
