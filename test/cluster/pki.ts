import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
} from "node:crypto";
import { isIPv4, isIPv6 } from "node:net";
import { bits, boolean, integer, objectId, octets, sequence, setOf, tagged, utcTime, utf8 } from "./der.ts";

/**
 * X.509 certificates without the openssl command, which a machine need not have. node:crypto makes keys and
 * signatures; the certificate around them is put together here (RFC 5280). Keys are ECDSA P-256: made in a millisecond.
 */
export interface KeyPair {
  /** PEM. */
  cert: string;
  /** PEM, PKCS #8. */
  key: string;
}

export interface CertificateRequest {
  commonName: string;
  /** Kubernetes reads groups from here. */
  organizations?: readonly string[];
  /** DNS names and IP addresses. */
  names?: readonly string[];
}

const validForDays = 365;
const dayMs = 86_400_000;
const ecdsaWithSha256 = sequence(objectId("1.2.840.10045.4.3.2"));

/** Makes a certificate authority that signed itself. */
export function createAuthority(commonName: string): KeyPair {
  const key = newKey();
  const subject = nameOf({ commonName });
  return certificate({ subject, issuer: subject, key, signer: key, authority: true, names: [] });
}

/** Has the authority sign a new key, for servers and clients alike. */
export function issue(authority: KeyPair, request: CertificateRequest): KeyPair {
  return certificate({
    subject: nameOf(request),
    issuer: nameOf({ commonName: commonNameOf(authority.cert) }),
    key: newKey(),
    signer: authority.key,
    authority: false,
    names: request.names ?? [],
  });
}

/** A key pair for the tokens of service accounts: both PEM. */
export function createSigningKey(): { privateKey: string; publicKey: string } {
  const privateKey = newKey();
  return {
    privateKey,
    publicKey: createPublicKey(privateKey).export({ type: "spki", format: "pem" }).toString(),
  };
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

interface Parts {
  subject: Buffer;
  issuer: Buffer;
  key: string;
  signer: string;
  authority: boolean;
  names: readonly string[];
}

function certificate({ subject, issuer, key, signer, authority, names }: Parts): KeyPair {
  const now = Date.now();
  const body = sequence(
    tagged(0, integer(Buffer.from([2]))), // version 3
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ecdsaWithSha256,
    issuer,
    // A day earlier, for clocks that are behind or are set back by a test.
    sequence(utcTime(new Date(now - dayMs)), utcTime(new Date(now + validForDays * dayMs))),
    subject,
    publicKeyOf(key),
    tagged(3, sequence(...extensions({ key, signer, authority, names }))),
  );
  const signature = sign("sha256", body, createPrivateKey(signer));
  return { cert: pem(sequence(body, ecdsaWithSha256, bits(signature))), key };
}

function extensions({ key, signer, authority, names }: Omit<Parts, "subject" | "issuer">): Buffer[] {
  const extension = (id: string, content: Buffer, critical = false): Buffer =>
    sequence(objectId(id), ...(critical ? [boolean(true)] : []), octets(content));
  const purposes = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"].map(objectId); // server, client
  return [
    extension("2.5.29.19", authority ? sequence(boolean(true)) : sequence(), true),
    // keyCertSign and cRLSign, or digitalSignature and keyEncipherment.
    extension("2.5.29.15", authority ? bits(Buffer.from([0x06]), 1) : bits(Buffer.from([0xa0]), 5), true),
    extension("2.5.29.14", octets(keyId(key))),
    extension("2.5.29.35", sequence(tagged(0, keyId(signer), false))),
    ...(authority ? [] : [extension("2.5.29.37", sequence(...purposes))]),
    ...(names.length > 0 ? [extension("2.5.29.17", sequence(...names.map(alternativeName)))] : []),
  ];
}

function alternativeName(name: string): Buffer {
  if (isIPv4(name)) return tagged(7, Buffer.from(name.split(".").map(Number)), false);
  if (isIPv6(name)) return tagged(7, ipv6Bytes(name), false);
  return tagged(2, Buffer.from(name), false);
}

function ipv6Bytes(address: string): Buffer {
  const [head = "", tail] = address.split("::");
  const groups = (text: string) =>
    text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
  const [before, after] = [groups(head), groups(tail ?? "")];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return Buffer.from([...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff]));
}

function nameOf({ commonName, organizations = [] }: CertificateRequest): Buffer {
  const part = (id: string, text: string) => setOf(sequence(objectId(id), utf8(text)));
  return sequence(...organizations.map((name) => part("2.5.4.10", name)), part("2.5.4.3", commonName));
}

function commonNameOf(cert: string): string {
  // The authority's own name is one UTF8String behind the object identifier of commonName.
  const der = Buffer.from(cert.replace(/-----[^-]+-----|\s/g, ""), "base64");
  const id = objectId("2.5.4.3");
  const start = der.indexOf(id) + id.length;
  return der.subarray(start + 2, start + 2 + (der[start + 1] ?? 0)).toString();
}

const publicKeyOf = (key: string): Buffer => createPublicKey(key).export({ type: "spki", format: "der" });
const keyId = (key: string): Buffer => createHash("sha1").update(publicKeyOf(key)).digest();

function pem(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
