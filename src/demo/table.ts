import { table } from "../report/table.ts";
import type { DemoFigures, ReleaseFigures } from "./figures.ts";
import type { Traffic } from "./load.ts";

/** The figures as people read them. */
export function figuresText({ releases, requests, durationMs }: DemoFigures): string {
  const row = (name: string, cell: (release: ReleaseFigures) => string) => [name, ...releases.map(cell)];
  const rows = [
    row("migration", ({ migration, broken }) => (broken ? `${migration} (broken)` : migration)),
    row("applied", ({ effects }) => times(effects)),
    row("by", ({ appliedBy }) => appliedBy ?? "-"),
    row("runners", ({ runners }) => countBy(runners.map(({ status }) => `exit ${status}`))),
    row("gates", ({ gates }) => countBy(gates.map(({ state }) => state))),
    row("after the commit", afterCommit),
    row("requests served", (release) => served(release.requests)),
    row("requests failed", (release) => String(release.requests.failed)),
    row("highest latency", (release) => milliseconds(release.requests)),
  ];
  const all = `${requests.served} requests served, ${requests.failed} failed, highest latency ${milliseconds(requests)}`;
  return `${table(["MEASURED", ...releases.map(({ version }) => version)], rows)}
In all: ${all}, in ${(durationMs / 1000).toFixed(1)} s.
`;
}

function times(count: number): string {
  return count === 0 ? "not at all" : count === 1 ? "once" : `${count} times`;
}

/** "3 exit 0"; "2 exit 0, 1 exit 3". */
function countBy(words: readonly string[]): string {
  return [...new Set(words)]
    .map((word) => `${words.filter((one) => one === word).length} ${word}`)
    .join(", ");
}

function afterCommit({ gates }: ReleaseFigures): string {
  const open = gates.flatMap(({ openedAfterCommitMs: after }) => (after === null ? [] : [after]));
  return open.length === 0 ? "-" : `${open.sort((a, b) => a - b).join(", ")} ms`;
}

function served({ served: count, servedBy }: Traffic): string {
  const by = Object.entries(servedBy).map(([version, number]) => `${version} ${number}`);
  return `${count} (${by.join(", ")})`;
}

function milliseconds({ highestLatencyMs }: Traffic): string {
  return `${highestLatencyMs} ms`;
}
