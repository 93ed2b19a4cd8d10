import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SluiceError } from "../../../errors.ts";
import { nearest } from "../../../text/nearest.ts";
import type { Environment } from "../../target.ts";
import { PARAMETERS, type Parameters } from "./parameters.ts";

/**
 * Reads one service of the connection service files (PostgreSQL manual 34.17): PGSERVICEFILE or ~/.pg_service.conf,
 * then pg_service.conf in PGSYSCONFDIR, where PostgreSQL's Debian packages keep it in /etc/postgresql-common.
 *
 * @throws SluiceError SL3008 (no file has the service), SL3009 (a line that cannot be read; with file and line).
 */
export function readService(service: string, userFile: string, env: Environment): Parameters {
  const systemFile = join(env["PGSYSCONFDIR"] || "/etc/postgresql-common", "pg_service.conf");
  for (const file of [userFile, systemFile]) {
    let text: string;
    try {
      text = readFileSync(file, "utf8");
    } catch {
      continue;
    }
    const found = parseService(text, service, file);
    if (found !== undefined) return found;
  }
  throw new SluiceError("SL3008", { params: { service, files: `${userFile}, ${systemFile}` } });
}

/** Exported for tests: the parameters of `[service]` in the text of a service file, or undefined without one. */
export function parseService(text: string, service: string, file: string): Parameters | undefined {
  let found: Parameters | undefined;
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const section = /^\[(.*)\]?$/.exec(line);
    if (section !== null) {
      if (found !== undefined) return found;
      if (line === `[${service}]`) found = new Map();
      continue;
    }
    if (found === undefined) continue;
    const fail = (problem: string): never => {
      throw new SluiceError("SL3009", { params: { problem }, place: { file, line: index + 1 } });
    };
    const equals = line.indexOf("=");
    if (equals <= 0) fail("the line is not of the form NAME=VALUE");
    const name = line.slice(0, equals).trim();
    const value = line.slice(equals + 1).trim();
    if (name === "service" || name === "servicefile") fail("a service cannot name another service");
    if (PARAMETERS[name] === undefined) {
      const guess = nearest(name, Object.keys(PARAMETERS));
      fail(`there is no parameter '${name}'${guess === undefined ? "" : ` (did you mean '${guess}'?)`}`);
    }
    // As libpq: within a service the first value counts.
    if (!found.has(name)) found.set(name, { value, from: `service '${service}' in ${file}` });
  }
  return found;
}
