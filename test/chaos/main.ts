import { parseArgs } from "node:util";
import { startServer } from "../../src/rehearse/server.ts";
import { cleanUpAll } from "../support/cleanup.ts";
import { executable } from "../support/executable.ts";
import { playCrowd } from "./crowd.ts";
import { playRound } from "./round.ts";

/**
 * `npm run chaos -- --kills 1000 --seed N`: crowds of runners on an empty database (`--crowds 20`), then rounds of generated directories, crowds of runners and faults, until so
 * many faults have hit. Prints each difference with the seed that repeats its round (`--seed S --rounds 1`).
 * Exit status 0 when nothing was wrong, else 1.
 */
const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "1000" },
    seed: { type: "string" },
    rounds: { type: "string" },
    crowds: { type: "string", default: "20" },
  },
});
const goal = Number(values.kills);
const first = values.seed === undefined ? Math.floor(Math.random() * 1e9) : Number(values.seed);
const mostRounds = values.rounds === undefined ? Number.POSITIVE_INFINITY : Number(values.rounds);
if (![goal, first].every(Number.isInteger)) throw new Error("--kills and --seed take whole numbers");

const began = performance.now();
const server = await startServer({ major: 18, settings: { max_connections: 300 } });
const total: Record<string, number> = {};
let kills = 0;
let starts = 0;
let gates = 0;
let failed = 0;
let round = 0;
try {
  const crowds = values.rounds === undefined ? Number(values.crowds) : 0;
  for (let crowd = 0; crowd < crowds; crowd++) {
    const wrong = await playCrowd(server, executable(), first + crowd, 50);
    console.log(
      `crowd ${crowd + 1} of ${crowds}: 50 runners on an empty database${wrong.length === 0 ? "" : `, seed ${first + crowd}`}`,
    );
    for (const line of wrong) console.log(`  WRONG ${line}`);
    if (wrong.length > 0) failed++;
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
    failed++;
    for (const line of wrong) console.log(`  WRONG ${line}`);
    console.log(`  repeat with: npm run chaos -- --seed ${seed} --rounds 1`);
  }
} finally {
  await server.stop("immediate");
  await cleanUpAll();
}
console.log(
  `\n${kills} faults in ${round} rounds, ${starts} runs, ${gates} gates, ${Math.round((performance.now() - began) / 1000)} s`,
);
for (const [name, count] of Object.entries(total).sort())
  console.log(`  ${String(count).padStart(5)} ${name}`);
console.log(
  failed === 0
    ? "Nothing lost, nothing doubled, no hand needed, no gate early."
    : `${failed} rounds went wrong.`,
);
process.exit(failed === 0 ? 0 : 1);
