import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { blocksOf, certificateProblem, damagedCertificate, keyProblem } from "./pem.ts";

/** What is wrong with the certificates of an authority; undefined where all can be read. */
export function authorityProblem(text: string): string | undefined {
  return certificateProblem(text) ?? unreadable(blocksOf(text, "CERTIFICATE"));
}

/** What is wrong with a client's certificate (its own first, as TLS wants it) and key, and with which of the two. */
export function pairProblem(
  cert: string,
  key: string,
): { which: "cert" | "key"; reason: string } | undefined {
  const certificate = authorityProblem(cert);
  if (certificate !== undefined) return { which: "cert", reason: certificate };
  const form = keyProblem(key);
  if (form !== undefined) return { which: "key", reason: form };
  let parsed: KeyObject;
  try {
    parsed = createPrivateKey(blocksOf(key, "PRIVATE KEY")[0] ?? "");
  } catch {
    return { which: "key", reason: "the private key in it is damaged" };
  }
  return new X509Certificate(blocksOf(cert, "CERTIFICATE")[0] ?? "").checkPrivateKey(parsed)
    ? undefined
    : { which: "key", reason: "the private key in it is not that of the certificate" };
}

function unreadable(blocks: readonly string[]): string | undefined {
  for (const [index, block] of blocks.entries()) {
    // The label TRUSTED is OpenSSL's own form, which node:crypto need not know.
    if (!block.startsWith("-----BEGIN CERTIFICATE-----")) continue;
    try {
      new X509Certificate(block);
    } catch {
      return damagedCertificate(index, blocks.length);
    }
  }
  return undefined;
}
