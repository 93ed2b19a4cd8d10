import { parseArgs } from "node:util";
import { replacePart } from "../../bench/results-file.ts";
import { type Server, startServer } from "../../src/rehearse/server.ts";
import { cleanUpAll } from "../support/cleanup.ts";
import { executable } from "../support/executable.ts";
import { endActors } from "./actors.ts";
import { playCrowd } from "./crowd.ts";
import { type ChaosResult, outcome, renderChaos } from "./report.ts";
import { playRound } from "./round.ts";

/**
 * `npm run chaos -- --kills 1000 --seed N`: crowds of runners on an empty database (`--crowds 20`), then rounds of
 * generated directories, crowds of runners and faults, until so many faults have hit. Prints each difference with the
 * seed that repeats its round (`--seed S --rounds 1`); `--write FILE` puts the result into bench/RESULTS.md.
 * Exit status 0 when nothing was wrong, else 1.
 */
const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "1000" },
    seed: { type: "string" },
    rounds: { type: "string" },
    crowds: { type: "string", default: "20" },
    write: { type: "string" },
  },
});
const goal = Number(values.kills);
const first = values.seed === undefined ? Math.floor(Math.random() * 1e9) : Number(values.seed);
const mostRounds = values.rounds === undefined ? Number.POSITIVE_INFINITY : Number(values.rounds);
if (![goal, first].every(Number.isInteger)) throw new Error("--kills and --seed take whole numbers");

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, async () => {
    endActors();
    await server?.stop("immediate");
    await cleanUpAll();
    process.exit(signal === "SIGINT" ? 130 : 143);
  });
}

const began = performance.now();
let server: Server | undefined;
server = await startServer({ major: 18, settings: { max_connections: 300 } });
const total: Record<string, number> = {};
let kills = 0;
let starts = 0;
let gates = 0;
const wrongs: ChaosResult["wrong"][number][] = [];
const crowds = values.rounds === undefined ? Number(values.crowds) : 0;
let round = 0;
try {
  for (let crowd = 0; crowd < crowds; crowd++) {
    const wrong = await playCrowd(server, executable(), first + crowd, 50);
    console.log(
      `crowd ${crowd + 1} of ${crowds}: 50 runners on an empty database${wrong.length === 0 ? "" : `, seed ${first + crowd}`}`,
    );
    for (const line of wrong) console.log(`  WRONG ${line}`);
    if (wrong.length > 0) wrongs.push({ what: `Crowd ${crowd + 1}`, seed: first + crowd, lines: wrong });
  }
  for (; kills < goal && round < mostRounds; round++) {
    const result = await playRound(server, executable(), first + round, Math.min(25, goal - kills));
    for (const [name, count] of Object.entries(result.kills)) {
      total[name] = (total[name] ?? 0) + count;
      kills += count;
    }
    starts += result.starts;
    gates += result.gates;
    const { seed, way, runners, files, wrong } = result;
    const hits = Object.values(result.kills).reduce((sum, count) => sum + count, 0);
    console.log(
      `round ${round + 1}: seed ${seed}, ${way}, ${runners} runners, ${files} files, ${hits} faults (${kills} of ${goal})`,
    );
    if (wrong.length === 0) continue;
    wrongs.push({ what: `Round ${round + 1}`, seed, lines: wrong });
    for (const line of wrong) console.log(`  WRONG ${line}`);
    console.log(`  repeat with: npm run chaos -- --seed ${seed} --rounds 1`);
  }
} finally {
  await server.stop("immediate");
  await cleanUpAll();
}
const seconds = (performance.now() - began) / 1000;
console.log(`\n${kills} faults in ${round} rounds, ${starts} runs, ${gates} gates, ${Math.round(seconds)} s`);
for (const [name, count] of Object.entries(total).sort())
  console.log(`  ${String(count).padStart(5)} ${name}`);
console.log(outcome({ wrong: wrongs }));
if (values.write !== undefined) {
  const args = values.rounds === undefined ? `--kills ${goal} --crowds ${crowds}` : `--rounds ${round}`;
  const counts = { crowds, rounds: round, starts, gates, seconds, faults: total };
  const result = { date: new Date(), args: `${args} --seed ${first}`, seed: first, ...counts, wrong: wrongs };
  replacePart(values.write, renderChaos(result));
}
process.exit(wrongs.length === 0 ? 0 : 1);
