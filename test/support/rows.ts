import type { HistoryRow } from "../../src/databases/database.ts";
import type { Directives, Migration } from "../../src/migrations/migration.ts";

/** A migration for tests, as a file of its directory would give it. The checksum is "sum" and the version. */
export function migration(version: string, directives: Partial<Directives> = {}): Migration {
  return {
    version,
    name: `step_${version}`,
    file: `migrations/${version}_step_${version}.sql`,
    checksum: `sum${version}`,
    up: "select 1;",
    upLine: 1,
    down: undefined,
    directives: {
      phase: "expand",
      transaction: true,
      lockTimeout: undefined,
      statementTimeout: undefined,
      breaking: false,
      outOfOrder: false,
      requires: [],
      ...directives,
    },
  };
}

/** A row of the history for tests: applied from the text that `migration` has, unless told. */
export function row(id: string, more: Partial<HistoryRow> = {}): HistoryRow {
  return {
    kind: "migration",
    id,
    name: `step_${id}`,
    checksum: `sum${id}`,
    phase: "expand",
    breaking: false,
    state: "applied",
    statementsDone: 1,
    statementsTotal: 1,
    statement: undefined,
    error: undefined,
    startedAt: new Date(0),
    finishedAt: new Date(1000),
    release: undefined,
    ...more,
  };
}
