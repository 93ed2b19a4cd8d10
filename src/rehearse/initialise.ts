import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { SluiceError } from "../errors.ts";
import type { Account } from "./account.ts";
import { writePrivate } from "./folder.ts";
import type { Watcher } from "./watcher.ts";

export interface Cluster {
  bin: string;
  major: number;
  account: Account;
  superuser: string;
  password: string;
  auth: "scram" | "trust";
}

/** The environment of the server's programs: nothing of ours (PGDATA, LC_MESSAGES) may change what they do. */
export function serverEnvironment(): Record<string, string> {
  return { PATH: process.env.PATH ?? "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };
}

/** Runs initdb for `<folder>/data` (0.6 s) and lets its configuration include `sluice.conf`. Throws SL6002. */
export async function initialise(cluster: Cluster, watcher: Watcher): Promise<void> {
  const data = join(watcher.folder, "data");
  const passwordFile = join(watcher.folder, "password");
  writePrivate(passwordFile, `${cluster.password}\n`, cluster.account);
  const method = cluster.auth === "trust" ? "trust" : "scram-sha-256";
  const args = ["-D", data, "-U", cluster.superuser, "--pwfile", passwordFile, "--auth", method];
  args.push("--encoding", "UTF8", "--locale", "C", "--no-sync");
  const child = spawn(join(cluster.bin, "initdb"), args, {
    ...cluster.account,
    cwd: watcher.folder,
    env: serverEnvironment(),
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const collect = (chunk: Buffer) => {
    output += chunk;
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  if (child.pid) watcher.watch(child.pid);
  const [code, signal] = await once(child, "close").catch((error: Error) => [error.message, null]);
  rmSync(passwordFile, { force: true });
  if (code !== 0) {
    const why = signal ?? (typeof code === "string" ? code : `exit status ${code}`);
    const reason = `initdb of PostgreSQL ${cluster.major}: ${why}`;
    const notes = output.trimEnd().split("\n").slice(-10);
    throw new SluiceError("SL6002", { params: { reason }, notes });
  }
  appendFileSync(join(data, "postgresql.conf"), "\ninclude = 'sluice.conf'\n");
}
