import { readFile } from "node:fs/promises";
import { PATIENCE_MS } from "../../test/load/request.ts";
import { markdownTable } from "./markdown.ts";

/** What the load generator and a roll-out measured in one scenario. */
export interface Figure {
  requests: number;
  failed: number;
  /** Latency from the moment a request was due. */
  p50Ms: number;
  highestMs: number;
  /** From the command to all new pods ready. */
  seconds?: number;
}

/** Headings, in the order of the page, and the scenarios that belong below each: what is before the colon of their name. */
const parts: readonly (readonly [heading: string, about: string, prefixes: readonly string[]])[] = [
  [
    "Releases with a Job and gates",
    "Strategy `job`, three replicas. v2 adds a column, v3 requires it once the last old pod is gone (contract), v4's migration fails, v4.1 repairs it.",
    ["job"],
  ],
  [
    "The other ways",
    "The same application and releases by the other strategies, by `sluice inject` on manifests that know nothing of Sluice, by plain kubectl and by Kustomize.",
    ["hook", "init", "pipeline", "startup", "inject", "kubectl", "kustomize"],
  ],
  [
    "While a migration runs",
    "A migration that takes 18 seconds (45 where an old pod is deleted), and what happens to people meanwhile. In each case the migration is applied once, never two runners work at once, and the last release is rolled out in the end.",
    ["while a migration runs", "scale-out"],
  ],
];

/** docs/reference/under-load.md, of the figures in the JSON file beside it. @throws for a scenario without a part. */
export async function underLoad(path: string): Promise<string> {
  const figures = Object.entries(JSON.parse(await readFile(path, "utf8")) as Record<string, Figure>);
  const partOf = (scenario: string) =>
    parts.findIndex(([, , prefixes]) => prefixes.some((prefix) => scenario.startsWith(prefix)));
  const rank = (scenario: string) =>
    parts.flatMap(([, , prefixes]) => prefixes).findIndex((prefix) => scenario.startsWith(prefix));
  for (const [scenario] of figures)
    if (partOf(scenario) < 0) throw new Error(`${path}: "${scenario}" has no part of the page`);
  const sections = parts.map(([heading, about], index) => {
    const rows = figures
      .filter(([scenario]) => partOf(scenario) === index)
      .sort(([a], [b]) => rank(a) - rank(b))
      .map(([scenario, figure]) => row(scenario, figure));
    const header = ["scenario", "requests", "failed", "median ms", "highest ms", "new pods ready after s"];
    return `## ${heading}\n\n${about}\n\n${markdownTable(header, rows)}`;
  });
  return `<!-- Generated from under-load.json by \`npm run docs\`; SLUICE_FIGURES=write npm run test:cluster -- test-app measures it. -->

# Under load

What readers of [the example application](../../examples/test-app/README.md) notice of its deployments. A load generator in the
cluster sends 20 requests a second (one in five writes) through the API's Service, each on a connection of its own, while the
command of the line runs. A request has failed when it is refused, cut, answered with another status than it should be, or not within
${PATIENCE_MS / 1000} seconds, which is half of what a proxy waits by default. Latency counts from the moment at which the request was due. Measured on two nodes that share a machine of two
cores with the database and with everything else, which is where the highest latencies come from: where three such tests run
beside each other, on a busy machine, they have been up to 10.5 seconds. In each run of the tests the number of failures is checked, and
these figures are those of one run.

The message handler is of strategy \`Recreate\`, and not counted here: its messages wait while it is away. With a gate (\`job\`, \`init\`,
\`startup\`) it stops before the migration and comes back after it; with \`hook\` and \`pipeline\` it is away for its own restart only.

${sections.join("\n")}`;
}

function row(scenario: string, { requests, failed, p50Ms, highestMs, seconds }: Figure): string[] {
  return [scenario, requests, failed, p50Ms, highestMs, seconds ?? ""].map(String);
}
