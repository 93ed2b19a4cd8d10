import { readFileSync, statSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";
import { SluiceError } from "../../../errors.ts";
import { type Host, isSocket } from "./hosts.ts";
import type { Settings } from "./settings.ts";

/** How one attempt is made: in the clear, or with these options for TLS. */
export type Wire = false | ConnectionOptions;

/**
 * The ways to try, in order, as libpq's table 34.1 has them: `allow` is plain first, `prefer` is TLS first, both without
 * verification; `require` verifies the chain only where trusted roots are given. There is no TLS on a Unix socket.
 *
 * @throws SluiceError SL3012 (a file cannot be used), SL3014 (a private key that others may read).
 */
export function wires(settings: Settings, host: Host): Wire[] {
  if (isSocket(host)) return [false];
  switch (settings.sslmode) {
    case "disable":
      return [false];
    case "allow":
      return [false, tlsOptions(settings, host)];
    case "prefer":
      return [tlsOptions(settings, host), false];
    default:
      return [tlsOptions(settings, host)];
  }
}

/** What is checked of the server's certificate. */
export function verification(settings: Settings): "nothing" | "chain" | "chain and host name" {
  if (settings.sslmode === "verify-full") return "chain and host name";
  if (settings.sslmode === "verify-ca") return "chain";
  return settings.sslmode === "require" && settings.sslrootcert !== undefined ? "chain" : "nothing";
}

function tlsOptions(settings: Settings, host: Host): ConnectionOptions {
  const checks = verification(settings);
  const options: ConnectionOptions & { host?: string } = {
    rejectUnauthorized: checks !== "nothing",
    minVersion: settings.sslMinVersion,
    // With hostaddr the certificate is for the name, not for the address; `pg` gives the address otherwise.
    ...(host.hostaddr === undefined ? {} : { host: host.host, servername: host.host }),
  };
  if (settings.sslMaxVersion !== undefined) options.maxVersion = settings.sslMaxVersion;
  if (checks !== "nothing") {
    const roots = trustedRoots(settings);
    if (roots !== undefined) options.ca = roots;
    if (settings.sslcrl !== undefined) options.crl = readFile("sslcrl", settings.sslcrl, "X509 CRL");
  }
  if (checks === "chain") options.checkServerIdentity = () => undefined;
  if (settings.sslcert !== undefined && settings.sslkey !== undefined) {
    options.cert = readFile("sslcert", settings.sslcert, "CERTIFICATE");
    options.key = readKey(settings.sslkey);
    if (settings.sslpassword !== undefined) options.passphrase = settings.sslpassword.reveal();
  }
  return options;
}

/** Where systems keep the roots they trust: Debian and the distroless images, Red Hat, Alpine and macOS, SUSE. */
const SYSTEM_ROOTS = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/cert.pem",
  "/etc/ssl/ca-bundle.pem",
];

/** Undefined leaves it to the list that is built into the runtime. */
function trustedRoots(settings: Settings): string | undefined {
  if (settings.sslrootcert === undefined) return undefined;
  if (settings.sslrootcert !== "system") return readFile("sslrootcert", settings.sslrootcert, "CERTIFICATE");
  if (settings.systemRoots !== undefined) {
    return readFile("SSL_CERT_FILE", settings.systemRoots, "CERTIFICATE");
  }
  for (const path of SYSTEM_ROOTS) {
    try {
      return readFileSync(path, "utf8");
    } catch {
      // Another system's place.
    }
  }
  return undefined;
}

/** Checks the PEM label too, since Node.js takes a file without any certificate as "nothing is trusted". */
function readFile(parameter: string, file: string, label: string): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? "unreadable";
    throw new SluiceError("SL3012", { params: { parameter, file, reason }, cause });
  }
  if (!new RegExp(`-----BEGIN ([A-Z0-9]+ )?${label}-----`).test(text)) {
    const reason = `it holds no '-----BEGIN ${label}-----'`;
    throw new SluiceError("SL3012", { params: { parameter, file, reason } });
  }
  return text;
}

/** As libpq: a key may be readable by its owner only, or, if root owns it, by the group too (Kubernetes' fsGroup). */
function readKey(file: string): string {
  try {
    const stat = statSync(file);
    const forbidden = stat.uid === 0 ? 0o037 : 0o077;
    if (process.platform !== "win32" && stat.isFile() && (stat.mode & forbidden) !== 0) {
      const mode = (stat.mode & 0o777).toString(8).padStart(4, "0");
      throw new SluiceError("SL3014", { params: { file, mode } });
    }
  } catch (error) {
    if (error instanceof SluiceError) throw error;
    // readFile says what is wrong with it.
  }
  return readFile("sslkey", file, "PRIVATE KEY");
}
