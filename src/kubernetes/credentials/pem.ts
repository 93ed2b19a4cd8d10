/**
 * What is wrong with PEM texts, from their form alone: markers, base64 and the length in the DER inside (X.690, 8.1.3).
 * That tells a torn or foreign file without node:crypto, which takes 7 MiB (measured, Bun 1.4.5); fetch says no more of
 * such a file than FailedToOpenSocket. Nothing of the text gets into a reason.
 */

/** Of one certificate or several; undefined where the form is right. Whatever stands between them does not matter. */
export function certificateProblem(text: string): string | undefined {
  const blocks = blocksOf(text, "CERTIFICATE");
  const begun = text.match(/-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/g)?.length ?? 0;
  if (begun === 0) return "it holds no certificate in PEM form";
  if (begun > blocks.length) return "it is torn: a certificate in it begins and does not end";
  const damaged = blocks.findIndex((block) => !isDer(block));
  return damaged === -1 ? undefined : damagedCertificate(damaged, blocks.length);
}

/** Of a private key without a passphrase. */
export function keyProblem(text: string): string | undefined {
  const [block] = blocksOf(text, "PRIVATE KEY");
  if (block === undefined)
    return text.includes("PRIVATE KEY-----")
      ? "it is torn: the private key in it does not end"
      : "it holds no private key in PEM form";
  if (/BEGIN ENCRYPTED|^Proc-Type:.*ENCRYPTED/m.test(block))
    return "its private key has a passphrase, and nothing can ask for it";
  return isDer(block) ? undefined : "the private key in it is damaged";
}

export function damagedCertificate(index: number, count: number): string {
  return count === 1
    ? "the certificate in it is damaged"
    : `certificate ${index + 1} of ${count} in it is damaged`;
}

/** The blocks whose label ends so, with their markers. */
export function blocksOf(text: string, label: string): string[] {
  const block = new RegExp(`-----BEGIN ([A-Z0-9 ]*${label})-----[\\s\\S]*?-----END \\1-----`, "g");
  return [...text.matchAll(block)].map(([whole]) => whole);
}

/** Whether a block holds one SEQUENCE to its end. */
function isDer(block: string): boolean {
  const text = block.replace(/-----[^-]*-----/g, "").replace(/\s/g, "");
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return false;
  const bytes = Buffer.from(text, "base64");
  const first = bytes[1] ?? 0;
  const more = first & 0x7f;
  if (bytes[0] !== 0x30) return false;
  if (first < 0x80) return bytes.length === 2 + first;
  return more >= 1 && more <= 4 && bytes.length === 2 + more + bytes.readUIntBE(2, more);
}
