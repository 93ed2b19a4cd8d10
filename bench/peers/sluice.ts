import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import packageJson from "../../package.json" with { type: "json" };
import type { Peer } from "./peer.ts";

const executable = fileURLToPath(new URL("../../dist/sluice", import.meta.url));

export const sluice: Peer = {
  name: "sluice",
  version: packageJson.version,
  obtain: () => {
    if (existsSync(executable)) return executable;
    throw new Error("dist/sluice does not exist: make it with `npm run build`");
  },
  fileName: (version, name) => `${version}_${name}.sql`,
  fileContent: (sql) => `${sql}\n`,
  migrate: (executable, folder, url) => ({
    argv: [executable, "migrate", "--dir", folder],
    env: { SLUICE_URL: url },
  }),
  showVersion: (executable) => ({ argv: [executable, "--version"] }),
};
