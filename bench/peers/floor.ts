import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import packageJson from "../../package.json" with { type: "json" };
import type { Peer } from "./peer.ts";

const program = fileURLToPath(new URL("../floor/main.ts", import.meta.url));

/** What cannot be undercut with the same runtime and driver: see bench/floor/main.ts. Built the way Sluice is. */
export const floor: Peer = {
  name: "floor",
  version: `bun ${process.versions.bun}, pg ${packageJson.dependencies.pg}`,
  obtain: (scratch) => {
    const executable = join(scratch, "floor");
    const options = ["--compile", "--minify", "--bytecode", "--format=esm", "--outfile", executable];
    execFileSync(process.execPath, ["build", ...options, program], { stdio: ["ignore", "ignore", 2] });
    return executable;
  },
  fileName: (version, name) => `${version}_${name}.sql`,
  fileContent: (sql) => `${sql}\n`,
  migrate: (executable, folder, url) => ({ argv: [executable, folder], env: { FLOOR_URL: url } }),
  showVersion: (executable) => ({ argv: [executable, "--version"] }),
};
