import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { SluiceError } from "../errors.ts";
import { serverAccount } from "./account.ts";
import { type FindOptions, findServer } from "./binaries.ts";
import { configuration, copyTls, makeFolder, type Settings, type TlsFiles, writePrivate } from "./folder.ts";
import { type Cluster, initialise } from "./initialise.ts";
import { freePort, isFree } from "./port.ts";
import { type Postmaster, type StopMode, startPostmaster } from "./postmaster.ts";
import { runnableBinaries } from "./private-copy.ts";
import { startWatcher, type Watcher } from "./watcher.ts";

export interface ServerOptions extends FindOptions {
  /** Added to (and stronger than) the settings of a disposable server. */
  settings?: Settings;
  /** How clients prove who they are; default "scram". */
  auth?: "scram" | "trust";
  /** With it the server offers TLS; the files are copied. */
  tls?: TlsFiles;
  /** Default: one that is free. */
  port?: number;
}

/** A disposable PostgreSQL server on 127.0.0.1, gone at the latest when this program ends. */
export interface Server {
  major: number;
  /** Where its programs come from, for messages. */
  origin: string;
  host: string;
  port: number;
  /** The folder of its Unix socket, which only the server's account and root may enter. */
  socketDir: string;
  superuser: string;
  password: string;
  dataDir: string;
  /** Path of the server's log. */
  log: string;
  /** What was set beyond initdb's defaults. */
  settings: Settings;
  /** Of the postmaster; changes with a restart. */
  readonly pid: number;
  /** A connection URL over TCP; default: the superuser and its database `postgres`. */
  url(database?: string, user?: string, password?: string): string;
  /** Ends the server and removes its folder. May be called again. */
  stop(mode?: StopMode): Promise<void>;
  /** SIGKILL for postmaster and children, as in a crash; the data stay until `stop`, or `restart`, which recovers. */
  kill(): Promise<void>;
  /** Stops where needed and starts again on the same port and data, with the settings added, where given. */
  restart(settings?: Settings): Promise<void>;
}

/**
 * Starts a disposable server: a fresh database cluster in a private folder, in about a second. As root it runs under
 * an unprivileged account. Throws SL6001 to SL6005, and leaves nothing behind then.
 */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const found = findServer(options);
  const account = serverAccount();
  const folder = makeFolder(account);
  const watcher = startWatcher(folder);
  try {
    const cluster: Cluster = {
      bin: runnableBinaries(found, account, join(folder, "native")),
      major: found.major,
      account,
      superuser: "postgres",
      password: randomBytes(16).toString("hex"),
      auth: options.auth ?? "scram",
    };
    await initialise(cluster, watcher);
    const settings = {
      ...disposable,
      unix_socket_directories: folder,
      ...(options.tls ? copyTls(options.tls, folder, account) : {}),
      ...options.settings,
    };
    const { port, postmaster } = await launch(cluster, watcher, settings, options.port);
    return describe(cluster, watcher, settings, port, postmaster, found.origin);
  } catch (error) {
    await watcher.dispose();
    throw error;
  }
}

/** Nothing in it must survive a power failure; room for many clients at little memory. */
const disposable: Settings = {
  listen_addresses: "127.0.0.1",
  fsync: false,
  full_page_writes: false,
  max_connections: 200,
  shared_buffers: "32MB",
  // In the data folder, so that not even a killed server leaves a segment in /dev/shm.
  dynamic_shared_memory_type: "mmap",
  timezone: "UTC",
  log_timezone: "UTC",
};

/** Another program may take a free port before the server does: then the next one is tried. */
async function launch(cluster: Cluster, watcher: Watcher, settings: Settings, wanted?: number) {
  for (let tries = 1; ; tries++) {
    const port = wanted ?? (await freePort());
    configure(cluster, watcher, settings, port);
    try {
      return { port, postmaster: await startPostmaster(cluster, watcher, port) };
    } catch (error) {
      const taken = error instanceof SluiceError && error.code === "SL6003" && !(await isFree(port));
      if (!taken || wanted !== undefined || tries === 5) throw error;
    }
  }
}

function configure(cluster: Cluster, watcher: Watcher, settings: Settings, port: number): void {
  const path = join(watcher.folder, "data", "sluice.conf");
  writePrivate(path, configuration({ ...settings, port }), cluster.account);
}

function describe(
  cluster: Cluster,
  watcher: Watcher,
  initial: Settings,
  port: number,
  first: Postmaster,
  origin: string,
): Server {
  let postmaster = first;
  const { superuser, password } = cluster;
  return {
    major: cluster.major,
    origin,
    host: "127.0.0.1",
    port,
    socketDir: watcher.folder,
    superuser,
    password,
    dataDir: join(watcher.folder, "data"),
    log: join(watcher.folder, "postgres.log"),
    settings: initial,
    get pid() {
      return postmaster.pid;
    },
    url(database = "postgres", user = superuser, secret = user === superuser ? password : "") {
      const login = [user, secret].filter(Boolean).map(encodeURIComponent).join(":");
      return `postgres://${login}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
    },
    async stop(mode = "fast") {
      await postmaster.stop(mode);
      await watcher.dispose();
    },
    kill: () => postmaster.kill(),
    async restart(settings = {}) {
      await postmaster.stop("fast");
      Object.assign(initial, settings);
      configure(cluster, watcher, initial, port);
      postmaster = await startPostmaster(cluster, watcher, port);
    },
  };
}
