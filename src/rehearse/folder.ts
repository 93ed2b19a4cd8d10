import { chownSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SluiceError } from "../errors.ts";
import { type Account, runAs } from "./account.ts";

/** Keys and values of postgresql.conf. */
export type Settings = Record<string, string | number | boolean>;

export interface TlsFiles {
  /** Path of the server's certificate, PEM. */
  cert: string;
  /** Path of its private key, PEM. */
  key: string;
}

/** A socket's address holds 104 bytes on macOS, 108 on Linux; "/.s.PGSQL.65535.lock" goes on top of the folder. */
const longestFolder = 80;

/**
 * Makes the private folder of a server, which only the account (and root) may enter, below TMPDIR or else /tmp.
 * Returns its path. Throws SL6002.
 */
export function makeFolder(account: Account): string {
  let reason = "";
  for (const base of [tmpdir(), "/tmp"]) {
    try {
      const folder = mkdtempSync(join(base, "sluice-"));
      give(folder, account);
      const fits = Buffer.byteLength(folder) <= longestFolder;
      // The account may be kept out of TMPDIR itself: /root/tmp.
      if (fits && runAs(account, "/bin/sh", ["-c", 'cd "$0"', folder]).status === 0) return folder;
      rmSync(folder, { recursive: true });
      reason = `the server's account cannot use ${base}`;
    } catch (error) {
      reason = (error as Error).message;
    }
  }
  throw new SluiceError("SL6002", { params: { reason } });
}

/** Writes a file that only the account may read. */
export function writePrivate(path: string, content: string, account: Account): void {
  writeFileSync(path, content, { mode: 0o600 });
  give(path, account);
}

/** Copies certificate and key beside the data: the server insists on a key of its own user, mode 0600. */
export function copyTls(tls: TlsFiles, folder: string, account: Account): Settings {
  const settings = { ssl_cert_file: join(folder, "server.crt"), ssl_key_file: join(folder, "server.key") };
  writePrivate(settings.ssl_cert_file, "", account);
  writePrivate(settings.ssl_key_file, "", account);
  copyFileSync(tls.cert, settings.ssl_cert_file);
  copyFileSync(tls.key, settings.ssl_key_file);
  return { ssl: true, ...settings };
}

/** The text of a configuration file; values are quoted as postgresql.conf wants it. */
export function configuration(settings: Settings): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key} = '${setting(value).replaceAll("'", "''")}'\n`)
    .join("");
}

function setting(value: string | number | boolean): string {
  return typeof value === "boolean" ? (value ? "on" : "off") : String(value);
}

function give(path: string, account: Account): void {
  if (account.uid !== undefined) chownSync(path, account.uid, account.gid ?? account.uid);
}
