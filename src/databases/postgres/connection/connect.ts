import type pg from "pg";
// Not by way of "pg" itself, which brings a pool and a native binding along: a millisecond of each start.
import Client from "pg/lib/client.js";
import { SluiceError } from "../../../errors.ts";
import { passwordFor, requireChannelBinding, type Wiring } from "./authentication.ts";
import { mapConnectError, unsupportedTls } from "./failures.ts";
import { describeHost, type Host } from "./hosts.ts";
import type { Settings, TargetSessionAttrs } from "./settings.ts";
import { type Wire, wires } from "./tls.ts";

export interface ConnectOptions {
  /** Shown in pg_stat_activity, unless the user chose a name. */
  applicationName: string;
  /** More command line options for the server, behind the user's own: `-c idle_session_timeout=0`. */
  extraOptions?: string;
}

/** What pg 8 has and its types do not say. */
interface Internals {
  connection: Wiring;
  connectionParameters: { options: string | undefined; replication: undefined };
}

/**
 * Opens a session on the first host that takes it and has the asked-for role. All values come back as text or null.
 * A lost connection does not end the process: the query in flight fails, and so does the next one.
 *
 * @throws SluiceError as mapConnectError says; SL3027 where no host has the role that target_session_attrs asks for.
 */
export async function connectClient(settings: Settings, options: ConnectOptions): Promise<pg.Client> {
  const wanted = settings.targetSessionAttrs;
  const rounds: TargetSessionAttrs[] = wanted === "prefer-standby" ? ["standby", "any"] : [wanted];
  const hosts = settings.loadBalance ? shuffled(settings.hosts) : settings.hosts;
  const failures: SluiceError[] = [];
  for (const round of rounds) {
    for (const host of hosts) {
      try {
        const client = await connectHost(settings, host, options);
        if (await hasRole(client, round)) return client;
        await client.end();
        failures.push(
          new SluiceError("SL3027", { params: { hosts: describeHost(host), attributes: round } }),
        );
      } catch (error) {
        const mapped = mapConnectError(error, { ...settings, hosts: [host] });
        if (mapped === undefined) throw error;
        // As libpq: whoever answers and refuses is right, and only whoever is not there is passed over.
        if (mapped.exit !== 69) throw mapped;
        failures.push(mapped);
      }
    }
  }
  throw summary(failures);
}

/** One failure as it is; of several the last, with the others below it. */
function summary(failures: SluiceError[]): SluiceError {
  const last = failures.at(-1)!;
  const others = [...new Set(failures.slice(0, -1).map((failure) => failure.message))];
  if (others.length === 0) return last;
  (last as { notes: readonly string[] }).notes = [...last.notes, ...others];
  return last;
}

async function connectHost(settings: Settings, host: Host, options: ConnectOptions): Promise<pg.Client> {
  const attempts = wires(settings, host);
  for (const [index, wire] of attempts.entries()) {
    try {
      return await attempt(settings, host, wire, options);
    } catch (error) {
      if (index + 1 === attempts.length || !mayTryOtherWire(error)) throw error;
    }
  }
  throw new Error("unreachable: there is at least one way to try");
}

/**
 * `allow` and `prefer` go on in the other way only after an answer of the server: it has no TLS, or pg_hba.conf lets
 * this account in only with or only without it (28000). A failed handshake is never a reason to go on in the clear.
 */
function mayTryOtherWire(error: unknown): boolean {
  return unsupportedTls(error) || (error as { code?: unknown }).code === "28000";
}

async function attempt(
  settings: Settings,
  host: Host,
  wire: Wire,
  options: ConnectOptions,
): Promise<pg.Client> {
  const { channelBinding } = settings;
  const client = new Client({
    host: host.hostaddr ?? host.host,
    port: host.port,
    user: settings.user,
    database: settings.database,
    password: passwordFor(host, settings),
    ssl: wire,
    sslnegotiation: wire === false ? "postgres" : settings.sslnegotiation,
    enableChannelBinding: wire !== false && channelBinding === "require",
    application_name: settings.applicationName ?? options.applicationName,
    connectionTimeoutMillis: settings.connectTimeoutMs,
    keepAlive: settings.keepalives,
    keepAliveInitialDelayMillis: settings.keepalivesIdleMs,
    types: { getTypeParser: () => (value: string) => value },
  });
  // Without a listener an 'error' event ends the process; the query in flight is rejected with the same error anyway.
  client.on("error", () => {});
  const internals = client as unknown as Internals;
  // `pg` takes PGOPTIONS and PGREPLICATION from its environment where it is given nothing (connection-parameters.js).
  const serverOptions = [settings.options, options.extraOptions].filter(Boolean).join(" ");
  internals.connectionParameters.options = serverOptions || undefined;
  internals.connectionParameters.replication = undefined;
  if (channelBinding === "require") requireChannelBinding(internals.connection, host);
  try {
    await client.connect();
    return client;
  } catch (error) {
    // Not every failure ends the connection, a missing password for one.
    internals.connection.stream.destroy();
    throw error;
  }
}

/** Whether the session is of the kind that target_session_attrs asks for (PostgreSQL manual 34.1.2). */
async function hasRole(client: pg.Client, wanted: TargetSessionAttrs): Promise<boolean> {
  if (wanted === "any") return true;
  const result = await client.query(
    "SELECT pg_catalog.pg_is_in_recovery()::text AS standby," +
      " pg_catalog.current_setting('transaction_read_only') AS read_only",
  );
  const row = result.rows[0] as { standby: string; read_only: string };
  const standby = row.standby === "true";
  const readOnly = standby || row.read_only === "on";
  if (wanted === "primary") return !standby;
  if (wanted === "read-write") return !readOnly;
  return wanted === "read-only" ? readOnly : standby;
}

function shuffled<T>(items: readonly T[]): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}
