import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeChanged } from "./files.ts";
import { type CertificateRequest, createAuthority, createSigningKey, issue, type KeyPair } from "./pki.ts";

/** The certificates of one cluster, in `pki/` of its state folder: NAME.crt and NAME.key, the authority being "ca". */
export interface Credentials {
  folder: string;
  authority: KeyPair;
  /** Paths of a certificate and its key; made the first time, with what `request` then says. */
  files(name: string, request: CertificateRequest): { cert: string; key: string };
  /** The same as text (PEM). */
  pair(name: string, request: CertificateRequest): KeyPair;
  /** Paths of the key that signs the tokens of service accounts (sa.key), and of its public half (sa.pub). */
  signing: { key: string; pub: string };
}

export const administrator: CertificateRequest = { commonName: "admin", organizations: ["system:masters"] };

/** Opens a cluster's certificates, and makes the authority the first time. */
export function openCredentials(stateDir: string): Credentials {
  const folder = join(stateDir, "pki");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = (file: string) => join(folder, file);
  const keep = (name: string, make: () => KeyPair) => {
    const [cert, key] = [path(`${name}.crt`), path(`${name}.key`)];
    if (!existsSync(cert)) {
      const made = make();
      writeChanged(key, made.key);
      writeChanged(cert, made.cert); // last: where it is, the key is too
    }
    return { cert, key };
  };
  const load = ({ cert, key }: { cert: string; key: string }): KeyPair => ({
    cert: readFileSync(cert, "utf8"),
    key: readFileSync(key, "utf8"),
  });
  const authority = load(keep("ca", () => createAuthority("sluice-test-cluster")));
  const signing = { key: path("sa.key"), pub: path("sa.pub") };
  if (!existsSync(signing.pub)) {
    const { privateKey, publicKey } = createSigningKey();
    writeChanged(signing.key, privateKey);
    writeChanged(signing.pub, publicKey);
  }
  const files = (name: string, request: CertificateRequest) => keep(name, () => issue(authority, request));
  return { folder, authority, files, pair: (name, request) => load(files(name, request)), signing };
}
