import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { TLSSocket } from "node:tls";
import {
  ask,
  CLEAR,
  failure,
  fakeServer,
  file,
  type Given,
  openssl,
  PASSWORD,
  plain,
  startServers,
  TLS,
} from "./connection/fixture.ts";

setDefaultTimeout(60_000);
beforeAll(startServers);

describe("sslmode", () => {
  const ca = () => file("ca.crt");

  test("with a server that has TLS", async () => {
    for (const sslmode of ["disable", "allow"]) expect(await ask({ sslmode })).toEqual(CLEAR);
    for (const sslmode of [undefined, "prefer", "require"]) expect(await ask({ sslmode })).toEqual(TLS);
    for (const sslmode of ["require", "verify-ca", "verify-full"]) {
      expect(await ask({ sslmode, sslrootcert: ca() })).toEqual(TLS);
    }
    expect(await ask({ sslmode: "verify-full", sslrootcert: ca(), sslnegotiation: "direct" })).toEqual(TLS);
  });

  test("with a server that has none", async () => {
    const port = plain.port;
    const password = plain.password;
    for (const sslmode of ["disable", "allow", "prefer"])
      expect(await ask({ port, password, sslmode })).toEqual(CLEAR);
    for (const sslmode of ["require", "verify-ca", "verify-full"]) {
      const error = await failure({ port, password, sslmode, sslrootcert: ca() });
      expect([error.code, error.exit]).toEqual(["SL3036", 2]);
      expect(error.message).toContain(`localhost:${port}`);
    }
  });

  test("a wrong host name is refused by verify-full only", async () => {
    for (const given of [{ host: "127.0.0.1" }, { host: "elsewhere.example", hostaddr: "127.0.0.1" }]) {
      const error = await failure({ ...given, sslmode: "verify-full", sslrootcert: ca() });
      expect([error.code, error.exit]).toEqual(["SL3035", 2]);
      expect(await ask({ ...given, sslmode: "verify-ca", sslrootcert: ca() })).toEqual(TLS);
    }
    const given = { host: "localhost", hostaddr: "127.0.0.1", sslmode: "verify-full", sslrootcert: ca() };
    expect(await ask(given)).toEqual(TLS);
  });

  test("an unknown CA is refused by whatever verifies", async () => {
    for (const sslrootcert of [file("other.crt"), "system"]) {
      for (const sslmode of sslrootcert === "system"
        ? ["verify-full"]
        : ["require", "verify-ca", "verify-full"]) {
        const error = await failure({ sslmode, sslrootcert });
        expect([error.code, error.exit]).toEqual(["SL3034", 2]);
        expect(error.notes.join()).toContain(sslrootcert);
      }
    }
    for (const sslmode of ["prefer", "allow"]) await ask({ sslmode, sslrootcert: file("other.crt") });
  });

  test("a revoked certificate is refused", async () => {
    const config = `[ca]\ndefault_ca=d\n[d]\ndatabase=${file("index")}\ncrlnumber=${file("number")}\ndefault_md=sha256\ndefault_crl_days=2\n`;
    writeFileSync(file("ca.cnf"), config);
    writeFileSync(file("index"), "");
    writeFileSync(file("number"), "01");
    const by = ["-config", file("ca.cnf"), "-cert", file("ca.crt"), "-keyfile", file("ca.key")];
    openssl("ca", ...by, "-revoke", file("server.crt"));
    openssl("ca", ...by, "-gencrl", "-out", file("ca.crl"));
    const error = await failure({ sslmode: "verify-full", sslrootcert: ca(), sslcrl: file("ca.crl") });
    expect(error.code).toBe("SL3034");
    expect(error.message).toContain("revoked");
  });

  test("allow and prefer go the other way where the server lets the user in only so", async () => {
    expect(await ask({ user: "tls_only", sslmode: "allow" })).toEqual(TLS);
    expect(await ask({ user: "plain_only", sslmode: "prefer" })).toEqual(CLEAR);
    expect((await failure({ user: "plain_only", sslmode: "require" })).code).toBe("SL3032");
    expect((await failure({ user: "tls_only", sslmode: "disable" })).code).toBe("SL3032");
  });

  test("whoever has no good certificate gets neither user nor password, also not in the clear", async () => {
    let heard = "";
    const cert = { cert: readFileSync(file("impostor.crt")), key: readFileSync(file("impostor.key")) };
    const port = await fakeServer((socket) => {
      socket.once("data", () => {
        socket.write("S");
        const tls = new TLSSocket(socket, { isServer: true, ...cert });
        tls.on("error", () => {});
        tls.on("data", (data) => {
          heard += data.toString("latin1");
          if (!heard.includes(PASSWORD)) tls.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]));
          else tls.destroy();
        });
      });
    });
    const given = { port, user: "scram", password: PASSWORD };
    const code = async (more: Given) => (await failure({ ...given, ...more })).code;
    expect(await code({ sslmode: "verify-full", sslrootcert: ca() })).toBe("SL3035");
    expect(await code({ sslmode: "verify-ca", sslrootcert: file("other.crt") })).toBe("SL3034");
    expect(heard).toBe("");
    expect(await code({ sslmode: "require", channel_binding: "require" })).toBe("SL3041");
    expect(heard).toContain("scram");
    expect(heard).not.toContain(PASSWORD);
    // The probe works: without verification the password does get there.
    expect(await code({ sslmode: "require" })).toBe("SL3024");
    expect(heard).toContain(PASSWORD);
  });

  test("a handshake that fails is no reason to go on in the clear", async () => {
    let connections = 0;
    const port = await fakeServer((socket) => {
      connections++;
      socket.once("data", () => {
        socket.write("S");
        socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
      });
    });
    expect((await failure({ port, sslmode: "prefer" })).code).toBe("SL3037");
    expect(connections).toBe(1);
  });
});

describe("client certificate", () => {
  const alice = () => ({
    user: "alice",
    sslmode: "verify-full",
    sslrootcert: file("ca.crt"),
    sslcert: file("alice.crt"),
  });

  test("is sent, also with an encrypted key", async () => {
    expect(await ask({ ...alice(), sslkey: file("alice.key") })).toEqual(TLS);
    openssl(
      "ec",
      "-in",
      file("alice.key"),
      "-aes256",
      "-passout",
      "pass:heimlich",
      "-out",
      file("locked.key"),
    );
    chmodSync(file("locked.key"), 0o600);
    expect(await ask({ ...alice(), sslkey: file("locked.key"), sslpassword: "heimlich" })).toEqual(TLS);
    expect((await failure({ ...alice(), sslkey: file("locked.key"), sslpassword: "falsch" })).code).toBe(
      "SL3037",
    );
  });

  test("missing, foreign, or with a key that others may read", async () => {
    expect((await failure({ ...alice(), sslcert: undefined })).code).toBe("SL3032");
    const foreign = { ...alice(), sslcert: file("other.crt"), sslkey: file("other.key") };
    expect((await failure(foreign)).code).toBe("SL3037");
    expect((await failure({ ...alice(), sslkey: file("none.key") })).code).toBe("SL3012");
    copyFileSync(file("alice.key"), file("open.key"));
    chmodSync(file("open.key"), 0o644);
    expect((await failure({ ...alice(), sslkey: file("open.key") })).code).toBe("SL3014");
  });
});
