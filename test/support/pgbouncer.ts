import { spawn } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { connect as connectSocket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { serverAccount } from "../../src/rehearse/account.ts";
import { freePort } from "../../src/rehearse/port.ts";
import { cleanUpAfter } from "./cleanup.ts";
import type { TestDatabase } from "./postgres.ts";
import { tempDir } from "./temp.ts";

export interface Pooler {
  /** The database, through the pooler. */
  url: string;
  pid(): number;
  /** Ends it at once and starts it again on the same port. */
  restart(): Promise<void>;
  stop(): void;
}

/**
 * Starts a PgBouncer (Debian's package `pgbouncer`) in front of a database; it is ended with the running test.
 * @throws where it is not installed, with the line that installs it.
 */
export async function startPgBouncer(db: TestDatabase, mode: "transaction" | "session"): Promise<Pooler> {
  const folder = tempDir();
  chmodSync(folder, 0o777); // the account that it runs as writes its log there
  const port = await freePort();
  const url = new URL(db.url);
  const user = decodeURIComponent(url.username);
  const password = decodeURIComponent(url.password);
  const server = `host=${url.hostname} port=${url.port} user=${user} password=${password}`;
  const config = join(folder, "pgbouncer.ini");
  writeFileSync(join(folder, "users.txt"), `"${user}" "${password}"\n`);
  writeFileSync(
    config,
    `[databases]\n${db.name} = ${server} dbname=${db.name}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}
auth_type = scram-sha-256\nauth_file = ${join(folder, "users.txt")}\npool_mode = ${mode}\nunix_socket_dir =
logfile = ${join(folder, "log")}\nmax_client_conn = 500\ndefault_pool_size = 20\n`,
  );
  let child = await launch(config, port);
  cleanUpAfter(() => void child.kill("SIGKILL"));
  url.port = String(port);
  return {
    url: url.href,
    pid: () => child.pid as number,
    stop: () => void child.kill("SIGKILL"),
    async restart() {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null)
        await new Promise((resolve) => child.once("exit", resolve));
      child = await launch(config, port);
    },
  };
}

async function launch(config: string, port: number) {
  const program = process.env["PGBOUNCER"] ?? "/usr/sbin/pgbouncer";
  // It refuses to run as root.
  const child = spawn(program, [config], { ...serverAccount(), stdio: "ignore" });
  let failure: Error | undefined;
  child.once("error", (error) => {
    failure = new Error(`PgBouncer is missing: apt-get install pgbouncer (${error.message})`);
  });
  for (const deadline = performance.now() + 30_000; performance.now() < deadline; ) {
    await sleep(50);
    if (failure !== undefined) throw failure;
    if (child.exitCode !== null) throw new Error(`PgBouncer ended with ${child.exitCode}`);
    if (await answers(port)) return child;
  }
  throw new Error("PgBouncer did not answer within 30 s");
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectSocket(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
