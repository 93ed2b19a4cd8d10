import { expect, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import { createAuthority, issue } from "./pki.ts";

test("a certificate is signed by its authority, and has the names and groups that were asked for", () => {
  const authority = createAuthority("an authority");
  const names = ["localhost", "127.0.0.1", "fd00::1:2"];
  const { cert, key } = issue(authority, { commonName: "admin", organizations: ["system:masters"], names });
  const [own, root] = [new X509Certificate(cert), new X509Certificate(authority.cert)];
  expect(own.verify(root.publicKey)).toBe(true);
  expect(own.checkIssued(root)).toBe(true);
  expect(own.subject).toBe("O=system:masters\nCN=admin");
  expect(own.checkHost("localhost")).toBe("localhost");
  expect(own.checkIP("127.0.0.1")).toBe("127.0.0.1");
  expect(own.checkIP("fd00::1:2")).toBe("fd00::1:2");
  expect(own.checkIP("127.0.0.2")).toBeUndefined();
  expect([own.ca, root.ca]).toEqual([false, true]);
  expect(own.verify(new X509Certificate(createAuthority("an authority").cert).publicKey)).toBe(false);
  expect(key).toContain("PRIVATE KEY");
});
