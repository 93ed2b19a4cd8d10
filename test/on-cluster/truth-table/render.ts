import type { Row } from "./evaluate.ts";

/** The table as Markdown, with its sums: what `npm run test:cluster -- --table` prints and docs/ holds. */
export function renderTable(rows: readonly Row[], version: string): string {
  const groups = [...new Set(rows.map(({ state }) => state.group))];
  const count = (test: (row: Row) => boolean) => rows.filter(test).length;
  const summary = [
    "# What the gate does in each state",
    "",
    `Written by \`npm run test:cluster -- --table\`: each state was written through the API of Kubernetes ${version}, and`,
    "`sluice wait` asked. States that this version refuses and older ones hold are marked *recorded*: they were judged",
    "as objects. What a state should do follows from the API documentation (`test/on-cluster/truth-table/`).",
    "",
    "| | |",
    "| --- | --- |",
    `| states | ${rows.length} |`,
    `| opened | ${count(({ opened }) => opened)} |`,
    `| opened by mistake | ${count(({ opened, state }) => opened && !state.opens)} |`,
    `| closed by mistake | ${count(({ opened, state }) => !opened && state.opens)} |`,
    `| recorded | ${count(({ refused }) => refused !== undefined)} |`,
  ];
  return `${[...summary, ...groups.flatMap((group) => section(group, rows))].join("\n")}\n`;
}

function section(group: string, rows: readonly Row[]): string[] {
  const own = rows.filter(({ state }) => state.group === group);
  return ["", `## ${group}`, "", "| state | gate | |", "| --- | --- | --- |", ...own.map(line)];
}

function line({ state, opened, refused }: Row): string {
  const wrong = opened === state.opens ? "" : `**mistake: should ${state.opens ? "open" : "stay closed"}** `;
  return `| ${state.words} | ${wrong}${opened ? "opens" : "closed"} | ${refused === undefined ? "" : "recorded"} |`;
}
