import { join } from "node:path";
import { goProgram } from "./cache.ts";
import type { Peer } from "./peer.ts";

const version = "4.20.1";

export const golangMigrate: Peer = {
  name: "golang-migrate",
  version,
  obtain: () =>
    join(
      goProgram({
        name: "golang-migrate",
        package: "github.com/golang-migrate/migrate/v4/cmd/migrate",
        version,
        tags: "postgres",
      }),
      "migrate",
    ),
  fileName: (version, name) => `${version}_${name}.up.sql`,
  fileContent: (sql) => `${sql}\n`,
  migrate: (executable, folder, url) => ({ argv: [executable, "-path", folder, "-database", url, "up"] }),
  showVersion: (executable) => ({ argv: [executable, "-version"] }),
};
