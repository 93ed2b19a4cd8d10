import { join } from "node:path";
import { npmPackage } from "./cache.ts";
import type { Peer } from "./peer.ts";

const version = "2.36.0";

export const dbmate: Peer = {
  name: "dbmate",
  version,
  // The package's own `dbmate` is a Node script that starts this file: 500 ms and more that are not dbmate's.
  obtain: () =>
    join(
      npmPackage("dbmate", version),
      "node_modules",
      "@dbmate",
      `${process.platform}-${process.arch}`,
      "bin",
      "dbmate",
    ),
  fileName: (version, name) => `${version}_${name}.sql`,
  fileContent: (sql) => `-- migrate:up\n${sql}\n-- migrate:down\n`,
  // Without the dump: it would start pg_dump, which the others do not do.
  migrate: (executable, folder, url) => ({
    argv: [executable, "--no-dump-schema", "--migrations-dir", folder, "migrate"],
    env: { DATABASE_URL: url },
  }),
  showVersion: (executable) => ({ argv: [executable, "--version"] }),
};
