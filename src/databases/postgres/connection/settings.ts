import { homedir } from "node:os";
import { join } from "node:path";
import { SluiceError } from "../../../errors.ts";
import type { Environment, Origin, ResolvedSource } from "../../target.ts";
import { gather } from "./gather.ts";
import { type Host, listHosts } from "./hosts.ts";
import type { Parameters } from "./parameters.ts";
import { openPassfile } from "./passfile.ts";
import { type Secret, secret } from "./secret.ts";
import { systemUser } from "./system-user.ts";
import { type TlsSettings, tlsSettings } from "./tls-settings.ts";
import { choice, seconds } from "./values.ts";

export const TARGET_SESSION_ATTRS = [
  ...(["any", "read-write", "read-only", "primary", "standby", "prefer-standby"] as const),
];
export type TargetSessionAttrs = (typeof TARGET_SESSION_ATTRS)[number];

/** Everything that is needed to connect; nothing is read from the environment after this. */
export interface Settings extends TlsSettings {
  /** In the order in which they are tried; at least one. Each has its own password, for the password file has. */
  hosts: Host[];
  database: string;
  user: string;
  /** Where the password stands, for messages; undefined where there is none. */
  passwordSource: string | undefined;
  /** For one host, one attempt; 0 is without limit. */
  connectTimeoutMs: number;
  /** Command line options for the server: `-c search_path=app`. */
  options: string | undefined;
  /** What the user wants to appear as; Sluice's own name otherwise. */
  applicationName: string | undefined;
  targetSessionAttrs: TargetSessionAttrs;
  /** Hosts in random order. */
  loadBalance: boolean;
  keepalives: boolean;
  /** Idle time before the first keepalive probe. */
  keepalivesIdleMs: number;
  origin: Origin;
  warnings: string[];
}

/** libpq waits for ever by default; a pod behind a network policy that drops packets would then say nothing. */
const DEFAULT_CONNECT_TIMEOUT_S = 10;

/**
 * The system's default is two hours, but load balancers and NAT drop an idle connection after 4 to 6 minutes (AWS NLB
 * 350 s, Azure 240 s), and a session that builds an index is idle on the wire for hours.
 */
const DEFAULT_KEEPALIVES_IDLE_S = 60;

/**
 * Works out how to connect, as libpq does: the URL or keyword string, then the service file, then PG*, then defaults
 * (PostgreSQL manual 34.1, 34.15 to 34.17).
 *
 * @param env the environment; HOME says where ~ is.
 * @throws SluiceError SL3005 to SL3014; none of them repeats a value that could be part of a password.
 */
export function connectionSettings(source: ResolvedSource, env: Environment): Settings {
  const home = env["HOME"] || homedir();
  const { parameters, warnings } = gather(source, env, home);
  const get = (name: string) => parameters.get(name)?.value || undefined;

  const user = get("user") ?? systemUser();
  if (user === undefined) throw new SluiceError("SL3011");
  const database = get("dbname") ?? user;
  const hosts = listHosts(parameters);
  const passwordSource = givePasswords(hosts, parameters, { user, database, home, warnings });

  return {
    hosts,
    database,
    user,
    passwordSource,
    ...tlsSettings(parameters, env, home, hosts),
    connectTimeoutMs: seconds(parameters, "connect_timeout", DEFAULT_CONNECT_TIMEOUT_S) * 1000,
    options: get("options"),
    applicationName: get("application_name") ?? get("fallback_application_name"),
    targetSessionAttrs: choice(parameters, "target_session_attrs", TARGET_SESSION_ATTRS) ?? "any",
    loadBalance: choice(parameters, "load_balance_hosts", ["disable", "random"]) === "random",
    keepalives: choice(parameters, "keepalives", ["0", "1"]) !== "0",
    // 0 is "the system's default" in libpq; so is it in Node.js.
    keepalivesIdleMs: seconds(parameters, "keepalives_idle", DEFAULT_KEEPALIVES_IDLE_S) * 1000,
    origin: source.origin,
    warnings: [...source.warnings, ...warnings],
  };
}

/** Gives each host its password and returns where it came from. */
function givePasswords(
  hosts: Host[],
  parameters: Parameters,
  about: { user: string; database: string; home: string; warnings: string[] },
): string | undefined {
  const given = parameters.get("password");
  if (given?.value) {
    const password: Secret = secret(given.value);
    for (const host of hosts) host.password = password;
    return given.from;
  }
  const path = parameters.get("passfile")?.value || join(about.home, ".pgpass");
  const passfile = openPassfile(path);
  about.warnings.push(...passfile.warnings);
  let found = false;
  for (const host of hosts) {
    const password = passfile.find({
      host: host.defaultSocket ? "localhost" : host.host,
      port: host.port,
      database: about.database,
      user: about.user,
    });
    if (password === undefined) continue;
    host.password = secret(password);
    found = true;
  }
  return found ? `the password file ${path}` : undefined;
}
