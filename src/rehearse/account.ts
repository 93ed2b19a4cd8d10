import { type SpawnSyncOptionsWithStringEncoding, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { SluiceError } from "../errors.ts";

/** Who runs the server: empty for the current user. Meant to be spread into the options of `spawn`. */
export interface Account {
  uid?: number;
  gid?: number;
}

/**
 * The account for a server: the current one, or an unprivileged one where that is root. It must have an entry in
 * /etc/passwd, for initdb asks for the name of its effective user. Throws SL6004 where there is none.
 */
export function serverAccount(): Account {
  if (process.getuid?.() !== 0) return {};
  const candidates = unprivileged(readFileSync("/etc/passwd", "utf8"));
  // Listed is not usable: a user namespace may map no other user than root.
  for (const account of candidates) if (runAs(account, "/bin/sh", ["-c", ":"]).status === 0) return account;
  const reason =
    candidates.length > 0 ? "changing to another one is not permitted" : "there is none in /etc/passwd";
  throw new SluiceError("SL6004", { params: { reason } });
}

/** The accounts of a passwd file that may run a server, best first: nobody, postgres, ordinary users. */
export function unprivileged(passwd: string): Required<Account>[] {
  const entries = passwd
    .split("\n")
    .map((line) => line.split(":"))
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter(({ name, uid, gid }) => name && uid > 0 && uid < 2 ** 31 && gid >= 0 && gid < 2 ** 31);
  const chosen = [
    entries.find(({ name }) => name === "nobody"),
    entries.find(({ name }) => name === "postgres"),
    entries.find(({ uid }) => uid >= 1000),
  ];
  return chosen.flatMap((entry) => (entry ? [{ uid: entry.uid, gid: entry.gid }] : []));
}

/** Runs a short command under an account and waits for it; 10 seconds at most. */
export function runAs(
  account: Account,
  file: string,
  args: string[],
  options?: Partial<SpawnSyncOptionsWithStringEncoding>,
) {
  return spawnSync(file, args, { cwd: "/", timeout: 10_000, ...options, ...account, encoding: "utf8" });
}
