import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer as createTcp } from "node:net";
import { join } from "node:path";
import { cleanUpAfter } from "../support/cleanup.ts";
import { ownServer } from "../support/postgres.ts";
import { runSluice, startSluice } from "../support/run.ts";
import { tempDir } from "../support/temp.ts";
import { staysClosed } from "./fixture.ts";

setDefaultTimeout(60_000);

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Listens until the test is over; returns "127.0.0.1:PORT". */
async function listen(server: Server | ReturnType<typeof createTcp>, host = "127.0.0.1", port = 0) {
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  cleanUpAfter(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function site(answer: Answer): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer(answer))}`;
}

const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    void response.writeHead(code, headers).end("body");

/** A port that nobody listens on, as far as one can know. */
async function freePort(): Promise<number> {
  const server = createTcp();
  const port = await new Promise<number>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)),
  );
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test("tcp: closed while nothing listens, with the reason, and opens when something does", async () => {
  const port = await freePort();
  const gate = await startSluice(["wait", `tcp://127.0.0.1:${port}`]);
  await gate.waitForOutput(new RegExp(`waiting for tcp://127.0.0.1:${port}: nothing listens on`));
  await listen(createTcp(), "127.0.0.1", port);
  expect(await gate.done).toMatchObject({ code: 0, stdout: expect.stringContaining("open after") });
});

test("tcp: IPv6 in brackets", async () => {
  const port = await listen(createTcp(), "::1");
  expect((await runSluice(["wait", `tcp://[::1]:${port}`])).code).toBe(0);
});

test("http: 200 to 399 open, others keep it closed and are named", async () => {
  for (const code of [200, 204, 304, 399])
    expect((await runSluice(["wait", await site(status(code))])).code).toBe(0);
  for (const code of [404, 500, 503]) {
    const gate = await startSluice(["wait", await site(status(code))]);
    await staysClosed(gate, new RegExp(`answers ${code}, not 200-399`));
  }
});

test("http: two addresses that differ only in their query, which is not shown, must both hold", async () => {
  const base = await site(
    (request, response) => void response.writeHead(request.url === "/?part=1" ? 200 : 503).end(),
  );
  const { code } = await runSluice(["wait", `${base}/?part=1`, `${base}/?part=2`, "--timeout", "500ms"]);
  expect(code).toBe(124);
});

test("http: it opens when the answer changes", async () => {
  let code = 503;
  const gate = await startSluice(["wait", await site((_, response) => void response.writeHead(code).end())]);
  await gate.waitForOutput(/answers 503/);
  code = 200;
  expect((await gate.done).code).toBe(0);
});

test("http: --status is a list, and one that names a redirect takes it for an answer", async () => {
  const teapot = await site(status(418));
  expect((await runSluice(["wait", teapot, "--status", "200,410-420"])).code).toBe(0);
  const moved = await site(status(302, { location: "http://127.0.0.1:1/" }));
  expect((await runSluice(["wait", moved, "--status", "302"])).code).toBe(0);
  expect(
    (await runSluice(["wait", await site(status(200)), "--status", "204", "--timeout", "300ms"])).code,
  ).toBe(124);
});

test("http: redirects are followed, at most ten, and headers stay with the target's own origin", async () => {
  const seen: (string | undefined)[] = [];
  const other = await site((request, response) => {
    seen.push(request.headers.authorization, request.headers["x-key"] as string);
    response.end();
  });
  const first = await site((request, response) => {
    seen.push(request.headers.authorization, request.headers["x-key"] as string);
    if (request.url === "/a") response.writeHead(301, { location: "/b" }).end();
    else response.writeHead(307, { location: `${other}/c` }).end();
  });
  const url = first.replace("//", "//user:hunter2@");
  const { code, stdout, stderr } = await runSluice(["wait", `${url}/a`, "--header", "X-Key: k1"]);
  expect([code, stderr]).toEqual([0, ""]);
  const basic = `Basic ${Buffer.from("user:hunter2").toString("base64")}`;
  expect(seen).toEqual([basic, "k1", basic, "k1", undefined, undefined]);
  expect(stdout).toContain("user:***@");
  expect(stdout).not.toContain("hunter2");
  const loop = await site((_, response) => void response.writeHead(302, { location: "/" }).end());
  await staysClosed(await startSluice(["wait", loop]), /redirects more than 10 times/);
});

test("http: a server that takes the connection and says nothing keeps it closed", async () => {
  const port = await listen(createTcp(() => {}));
  const gate = await startSluice(["wait", `http://127.0.0.1:${port}`]);
  await staysClosed(gate, /does not answer/);
});

test("database: closed while it is down, and opens when it answers; nothing is held", async () => {
  const server = await ownServer({});
  const url = server.url("postgres");
  await server.kill();
  const gate = await startSluice(["wait", "database"], { env: { SLUICE_URL: url } });
  await gate.waitForOutput(/waiting for database: .*nothing listens/);
  await server.restart();
  expect((await gate.done).code).toBe(0);
});

test("the termination message says what is awaited, stays after the time-out and a signal, and is taken back", async () => {
  const port = await freePort();
  const target = `tcp://127.0.0.1:${port}`;
  const file = join(tempDir(), "message");
  const env = { SLUICE_TERMINATION_LOG: file };
  const message = () => JSON.parse(readFileSync(file, "utf8"));
  const gate = await startSluice(["wait", target], { env });
  await gate.waitForOutput(/nothing listens/);
  while (!existsSync(file) || readFileSync(file, "utf8") === "") await Bun.sleep(10);
  expect(message().message).toBe(`waiting for ${target}: nothing listens on 127.0.0.1:${port}`);
  gate.kill("SIGTERM");
  expect((await gate.done).code).toBe(143);
  expect(message()).toMatchObject({ code: "SL2041", hint: expect.stringContaining("nothing listens") });
  await runSluice(["wait", target, "--timeout", "5s"], { env });
  expect(message()).toMatchObject({ code: "SL5001", message: expect.stringContaining("nothing listens") });
  const second = await startSluice(["wait", target], { env });
  await second.waitForOutput(/nothing listens/);
  await listen(createTcp(), "127.0.0.1", port);
  expect((await second.done).code).toBe(0);
  expect(readFileSync(file, "utf8")).toBe("");
});

test("--log-format json: target, reason and time of each line; --jitter pauses, and can be interrupted", async () => {
  const port = await freePort();
  const args = ["wait", `tcp://127.0.0.1:${port}`, "--log-format", "json"];
  const { stderr } = await staysClosed(await startSluice(args), /nothing listens.*\n/);
  expect(JSON.parse(stderr.split("\n")[0] ?? "")).toMatchObject({
    level: "info",
    target: `tcp://127.0.0.1:${port}`,
    reason: expect.stringContaining("nothing listens"),
    waitedMs: expect.any(Number),
  });
  const open = `tcp://127.0.0.1:${await listen(createTcp())}`;
  expect((await runSluice(["wait", open, "--jitter", "50ms"])).code).toBe(0);
  const slow = await startSluice(["wait", open, "--jitter", "24h"]);
  await slow.waitForOutput(/opening in/);
  slow.kill("SIGTERM");
  expect((await slow.done).code).toBe(143);
});

test("a certificate that nobody vouches for keeps it closed, and --ca-file or --insecure-skip-tls-verify opens", async () => {
  const { certificate, key } = await selfSigned();
  const { createServer: createTls } = await import("node:https");
  const server = createTls({ cert: certificate, key }, status(200));
  const url = `https://127.0.0.1:${await listen(server)}`;
  await staysClosed(await startSluice(["wait", url]), /is not trusted/);
  const file = join(tempDir({ "ca.pem": certificate }), "ca.pem");
  expect((await runSluice(["wait", url, "--ca-file", file, "--timeout", "30s"])).code).toBe(0);
  const insecure = await runSluice(["wait", url, "--insecure-skip-tls-verify", "--timeout", "30s"]);
  expect([insecure.code, insecure.stderr]).toEqual([0, expect.stringContaining("can open this gate")]);
});

async function selfSigned(): Promise<{ certificate: string; key: string }> {
  const folder = tempDir();
  const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  const out = ["-keyout", join(folder, "key.pem"), "-out", join(folder, "cert.pem")];
  const made = Bun.spawnSync([
    "openssl",
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-days",
    "2",
    ...subject,
    ...out,
  ]);
  expect(made.exitCode).toBe(0);
  return {
    certificate: readFileSync(join(folder, "cert.pem"), "utf8"),
    key: readFileSync(join(folder, "key.pem"), "utf8"),
  };
}
