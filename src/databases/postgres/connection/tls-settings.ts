import { existsSync } from "node:fs";
import { join } from "node:path";
import { SluiceError } from "../../../errors.ts";
import type { Environment } from "../../target.ts";
import { type Host, isSocket } from "./hosts.ts";
import type { Parameters } from "./parameters.ts";
import { type Secret, secret } from "./secret.ts";
import { choice } from "./values.ts";

export const SSL_MODES = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as const;
export type SslMode = (typeof SSL_MODES)[number];

const PROTOCOL_VERSIONS = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] as const;
type ProtocolVersion = (typeof PROTOCOL_VERSIONS)[number];

export interface TlsSettings {
  sslmode: SslMode;
  /** Path of the trusted roots, or "system"; undefined where none is given and ~/.postgresql/root.crt is absent. */
  sslrootcert: string | undefined;
  /** SSL_CERT_FILE, which OpenSSL, hence libpq, takes for "system". */
  systemRoots: string | undefined;
  sslcrl: string | undefined;
  /** Paths of the client's certificate and key; both or none. */
  sslcert: string | undefined;
  sslkey: string | undefined;
  sslpassword: Secret | undefined;
  sslnegotiation: "postgres" | "direct";
  sslMinVersion: ProtocolVersion;
  sslMaxVersion: ProtocolVersion | undefined;
  channelBinding: "disable" | "prefer" | "require";
}

/**
 * What the parameters say about TLS, with libpq's default files in ~/.postgresql (PostgreSQL manual 34.19).
 *
 * @throws SluiceError SL3007 (a value that does not exist or fit), SL3013 (verification without trusted roots).
 */
export function tlsSettings(
  parameters: Parameters,
  env: Environment,
  home: string,
  hosts: Host[],
): TlsSettings {
  const get = (name: string) => parameters.get(name)?.value || undefined;
  const file = (name: string, fallback: string) => {
    const path = join(home, ".postgresql", fallback);
    return get(name) ?? (existsSync(path) ? path : undefined);
  };
  const fail = (name: string, expected: string): never => {
    throw new SluiceError("SL3007", { params: { name, from: parameters.get(name)?.from ?? "", expected } });
  };

  const sslrootcert = file("sslrootcert", "root.crt");
  const system = sslrootcert === "system";
  const sslmode =
    choice(parameters, "sslmode", SSL_MODES) ??
    (choice(parameters, "requiressl", ["0", "1"]) === "1" ? "require" : system ? "verify-full" : "prefer");
  // As libpq: with roots that anybody can get a certificate from, only the host name says who answers.
  if (system && sslmode !== "verify-full") fail("sslmode", "verify-full with sslrootcert=system");
  if (hosts.some((host) => !isSocket(host)) && sslmode.startsWith("verify-") && sslrootcert === undefined) {
    throw new SluiceError("SL3013", { params: { sslmode, file: join(home, ".postgresql", "root.crt") } });
  }

  const useCertificate = choice(parameters, "sslcertmode", ["disable", "allow"]) !== "disable";
  const sslcert = useCertificate ? file("sslcert", "postgresql.crt") : undefined;
  const sslnegotiation = choice(parameters, "sslnegotiation", ["postgres", "direct"]) ?? "postgres";
  if (sslnegotiation === "direct" && !/^(require|verify-)/.test(sslmode)) {
    fail("sslmode", "require, verify-ca or verify-full with sslnegotiation=direct");
  }
  const sslpassword = get("sslpassword");
  return {
    sslmode,
    sslrootcert,
    systemRoots: env["SSL_CERT_FILE"] || undefined,
    sslcrl: file("sslcrl", "root.crl"),
    sslcert,
    sslkey:
      sslcert === undefined ? undefined : (get("sslkey") ?? join(home, ".postgresql", "postgresql.key")),
    sslpassword: sslpassword === undefined ? undefined : secret(sslpassword),
    sslnegotiation,
    sslMinVersion: choice(parameters, "ssl_min_protocol_version", PROTOCOL_VERSIONS) ?? "TLSv1.2",
    sslMaxVersion: choice(parameters, "ssl_max_protocol_version", PROTOCOL_VERSIONS),
    channelBinding: choice(parameters, "channel_binding", ["disable", "prefer", "require"]) ?? "prefer",
  };
}
