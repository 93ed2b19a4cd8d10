import { COLUMNS, type Column, HISTORY_VERSION } from "../../src/databases/postgres/history/columns.ts";
import { markdownTable } from "./markdown.ts";

/** docs/reference/history-table.md: the columns of the history as a public contract. */
export function historyReference(columns: readonly Column[] = COLUMNS): string {
  const rows = columns.map(({ name, type, constraint, hidden, about }) => [
    `\`${name}\``,
    type,
    constraint?.startsWith("not null") ? "no" : "yes",
    hidden ? "no" : "yes",
    about,
  ]);
  const hidden = columns.filter((column) => column.hidden).map(({ name }) => `\`${name}\``);
  return `<!-- Generated from src/databases/postgres/history/columns.ts by \`npm run docs\`. -->

# The history table

Sluice records what it applied in one table of the target database: \`public.sluice_history\`, or where
\`--history-schema\` and \`--history-table\` say. The first \`sluice migrate\` creates it. This page is a contract:
dashboards, alerts and other programs may read the table as it is described here. Only Sluice writes it.

The primary key is (\`kind\`, \`id\`). This is version ${HISTORY_VERSION} of the table.

${markdownTable(["column", "type", "null", "for readers", "meaning"], rows)}
## States

${markdownTable(
  ["state", "meaning"],
  [
    ["`applied`", "The migration is complete. A file in one transaction has no other state before."],
    [
      "`running`",
      "A file that runs statement by statement has begun. Where no runner is at work it was left half-way; the next `sluice migrate` continues it behind `statements_done`.",
    ],
    [
      "`failed`",
      "The last try failed; `error` says why. With `statements_done` above 0 those statements stay and are not repeated.",
    ],
    ["`reverted`", "The migration was taken back; it counts as not applied."],
  ],
)}
## Who may read it

A gate needs USAGE on the schema and SELECT on the columns that the table above marks "for readers", nothing else.
\`sluice migrate --grant ROLE\` (repeatable), or \`readers: [ROLE]\` in \`sluice.yaml\`, grants exactly that, also where
no migration is pending. ${hidden.join(" and ")} are left out: a gate does not need them, and they may hold what an
application must not see. A query of such a role names its columns; \`select *\` is refused.

\`\`\`sql
select id, name, finished_at from public.sluice_history
 where kind = 'migration' and state = 'applied' order by id::numeric;
\`\`\`

## Versions of the table

Each row carries \`min_writer\` and \`min_reader\`: the oldest version of the table that a program must know to write
into the table, and to understand the row. The highest value over all rows counts.

- A later Sluice only appends columns, all of which may be null. It never renames, retypes or removes one and never
  gives one another meaning, so a reader that names its columns goes on working.
- It adds them when it next has a migration to apply, under the runner lock and with a lock timeout of 5 s, so that
  gates and older programs are not kept waiting.
- Where an older runner would do damage, the newer one writes a higher \`min_writer\`: the older one then changes
  nothing and ends with [SL4012](../errors/SL4012.md). Its gates and \`sluice status\` go on reading.
- Where older readers would misunderstand a row, it writes a higher \`min_reader\`. An older gate then stays closed
  and says why. This is the last resort.
- A reader must pass over values of \`kind\` that it does not know.
`;
}
