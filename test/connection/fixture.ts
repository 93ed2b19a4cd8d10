import { expect } from "bun:test";
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { connectClient } from "../../src/databases/postgres/connection/connect.ts";
import { connectionSettings } from "../../src/databases/postgres/connection/settings.ts";
import { SluiceError } from "../../src/errors.ts";
import type { Server } from "../../src/rehearse/server.ts";
import { cleanUpAfter } from "../support/cleanup.ts";
import { ownServer, query, testServer } from "../support/postgres.ts";
import { tempDir } from "../support/temp.ts";

export const PASSWORD = "ge:heim@1/2";
/** Certificates and keys; also HOME of every connection. */
export const folder = tempDir({}, "run");
export const file = (name: string) => join(folder, name);
export let server: Server;
export let plain: Server;
let started: Promise<void> | undefined;

/** Starts the two servers on first use, for all files: one with TLS and one without. */
export function startServers(): Promise<void> {
  started ??= start();
  return started;
}

async function start(): Promise<void> {
  certificate("ca", "Test CA");
  certificate("other", "Other CA");
  certificate("server", "localhost", "subjectAltName=DNS:localhost");
  certificate("impostor", "elsewhere.example", "subjectAltName=DNS:elsewhere.example");
  certificate("alice", "alice", "extendedKeyUsage=clientAuth");
  plain = await testServer(18);
  server = await ownServer(
    { tls: { cert: file("server.crt"), key: file("server.key") }, auth: "trust" },
    "run",
  );
  copyFileSync(file("ca.crt"), join(server.dataDir, "ca.crt"));
  chmodSync(join(server.dataDir, "ca.crt"), 0o644);
  await query(
    server.url(),
    ["alice", "tls_only", "plain_only"].map((role) => `CREATE ROLE ${role} LOGIN;`).join("") +
      `CREATE ROLE scram LOGIN PASSWORD '${PASSWORD}'; CREATE ROLE clear LOGIN PASSWORD '${PASSWORD}';` +
      `SET password_encryption = 'md5'; CREATE ROLE hashed LOGIN PASSWORD '${PASSWORD}';` +
      "REVOKE CONNECT ON DATABASE template1 FROM PUBLIC",
  );
  writeFileSync(
    join(server.dataDir, "pg_hba.conf"),
    [
      "hostssl all alice all cert",
      "hostssl all tls_only all trust",
      "hostnossl all plain_only all trust",
      "host all scram all scram-sha-256",
      "host all hashed all md5",
      "host all clear all password",
      "host all postgres all trust\n",
    ].join("\n"),
  );
  await server.restart({ ssl_ca_file: "ca.crt" });
}

/** Makes `NAME.crt` and `NAME.key`: a CA of its own, or signed by the CA `ca`. */
function certificate(name: string, subject: string, extension?: string): void {
  const signed =
    extension === undefined ? [] : ["-CA", file("ca.crt"), "-CAkey", file("ca.key"), "-addext", extension];
  const key = [
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
    "-keyout",
    file(`${name}.key`),
  ];
  const basic = extension === undefined ? [] : ["-addext", "basicConstraints=critical,CA:FALSE"];
  openssl(
    "req",
    "-x509",
    ...key,
    "-days",
    "2",
    "-subj",
    `/CN=${subject}`,
    "-out",
    file(`${name}.crt`),
    ...signed,
    ...basic,
  );
  chmodSync(file(`${name}.key`), 0o600);
}

/** Runs the command; without it these tests cannot be made. */
export function openssl(...args: string[]): void {
  const { error, status, stderr } = spawnSync("openssl", args, { encoding: "utf8" });
  if (error)
    throw new Error("these tests need the `openssl` command: apt-get install openssl", { cause: error });
  if (status !== 0) throw new Error(`openssl ${args.join(" ")}: ${stderr}`);
}

export interface Given {
  [parameter: string]: string | number | undefined;
}

/** Settings for the TLS server, except for what is given. */
export function settings(given: Given) {
  const all: Given = { host: "localhost", port: server.port, user: "postgres", dbname: "postgres", ...given };
  const pairs = Object.entries(all).filter(([, value]) => value !== undefined);
  const url = pairs.map(([name, value]) => `${name}='${value}'`).join(" ");
  return connectionSettings({ url, origin: "SLUICE_URL", warnings: [] }, { HOME: folder });
}

/** Connects, asks one thing and closes; by default whether the session has TLS. */
export async function ask(
  given: Given,
  sql = "SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
) {
  const client = await connectClient(settings(given), { applicationName: "sluice test" });
  try {
    const { rows } = await client.query({ text: sql, rowMode: "array" });
    return rows[0] as unknown[];
  } finally {
    await client.end();
  }
}

export const TLS = ["true"];
export const CLEAR = ["false"];

/** The error of a connection that must fail; no part of it may hold the password. */
export async function failure(given: Given): Promise<SluiceError> {
  const error = await ask(given).then(
    (answer) => new Error(`connected: ${answer}`),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof SluiceError)) throw error;
  for (const text of [error.message, error.hint, ...error.notes]) expect(text).not.toContain(PASSWORD);
  return error;
}

/** A TCP server that does what the test says with each connection; returns its port. */
export async function fakeServer(serve: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const fake = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    serve(socket);
  });
  cleanUpAfter(() => {
    for (const socket of sockets) socket.destroy();
    fake.close();
  });
  await new Promise<void>((resolve) => fake.listen(0, "127.0.0.1", resolve));
  return (fake.address() as AddressInfo).port;
}
