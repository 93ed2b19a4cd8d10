import { join } from "node:path";
import { goProgram } from "./cache.ts";
import type { Peer } from "./peer.ts";

const version = "3.29.0";

/** Leaves out the drivers of other databases: they make the executable larger and its start slower. */
const tags = ["ydb", "clickhouse", "mssql", "vertica", "libsql", "duckdb", "spanner", "turso"]
  .map((driver) => `no_${driver}`)
  .join(",");

export const goose: Peer = {
  name: "goose",
  version,
  obtain: () =>
    join(
      goProgram({ name: "goose", package: "github.com/pressly/goose/v3/cmd/goose", version, tags }),
      "goose",
    ),
  fileName: (version, name) => `${version}_${name}.sql`,
  fileContent: (sql) => `-- +goose Up\n${sql}\n`,
  migrate: (executable, folder, url) => ({ argv: [executable, "-dir", folder, "postgres", url, "up"] }),
  showVersion: (executable) => ({ argv: [executable, "-version"] }),
};
