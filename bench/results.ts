import { cpus, release, totalmem, type } from "node:os";
import type { Report } from "./benchmark.ts";
import { formatGoal } from "./goals.ts";
import { renderTable } from "./table.ts";

/** One benchmark's part of the result, in Markdown that reads as well in a terminal. */
export function renderReport({ title, about, tables, goals, output }: Report): string {
  const parts = [`## ${title}`, about, ...tables.map(renderTable)];
  if (output) parts.push(`\`\`\`\n${output}\n\`\`\``);
  if (goals.length > 0) parts.push(goals.map((goal) => `- ${formatGoal(goal)}`).join("\n"));
  return `${parts.join("\n\n")}\n`;
}

/** Where and when was measured. `server` describes the database server, where one was started. */
export function renderHeading(date: Date, server: string | undefined): string {
  return `# Benchmark results

Measured on ${date.toISOString().slice(0, 10)} by \`npm run bench\`, the tools taking turns in each round. A ratio is the
median of the rounds' ratios: 2.00 is twice the time. The floor is what a program with the same runtime and driver
cannot undercut: one round trip and one commit a file, without lock or checksum (\`bench/floor/main.ts\`).

- Machine: ${describeMachine()}
- Server: ${server ?? "none"}${server ? ", durable settings, on the same machine, over TCP with a password and without TLS" : ""}
`;
}

/** "2 cores (model), 23.5 GiB of memory, Linux 6.1" */
export function describeMachine(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? "unknown";
  const gibibytes = (totalmem() / 2 ** 30).toFixed(1);
  return `${processors.length} cores (${model}), ${gibibytes} GiB of memory, ${type()} ${release()}`;
}
