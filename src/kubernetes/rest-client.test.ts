import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { createServer as createPlain } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { createAuthority, issue } from "../../test/cluster/pki.ts";
import { cleanUpAfter } from "../../test/support/cleanup.ts";
import { answer, type RawRequest, serveRaw } from "../../test/support/raw-http.ts";
import {
  html,
  json,
  list,
  object,
  type Step,
  scriptedApi,
  statusAnswer,
  stream,
} from "../../test/support/scripted-api.ts";
import { tempDir, writeFiles } from "../../test/support/temp.ts";
import { connectKubernetes } from "./connect.ts";
import { jobs } from "./resources.ts";

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error) => error,
  );

describe("requests", () => {
  test("a list of several pages is one; it begins again when the continuation has expired", async () => {
    const first = json({ metadata: { resourceVersion: "3", continue: "next" }, items: [object("a", "1")] });
    const steps = [first, statusAnswer(410, "Expired", "gone"), first, list("3", "b")];
    const { client, seen } = await scriptedApi(steps, {}, 1);
    const { items, resourceVersion } = await client.list(jobs);
    expect(items.map((item) => (item as { metadata: { name: string } }).metadata.name)).toEqual(["a", "b"]);
    expect(resourceVersion).toBe("3");
    expect(seen[1]).toBe("GET /apis/batch/v1/namespaces/shop/jobs?limit=1&continue=next");
    expect(seen).toHaveLength(4);
  });

  test("only a 404 about the object itself means that there is none", async () => {
    const { client } = await scriptedApi([
      statusAnswer(404, "NotFound", 'jobs.batch "a" not found'),
      statusAnswer(404, "NotFound", "the server could not find the requested resource"),
      statusAnswer(404, "NotFound", 'namespaces "shop" not found'),
      html(404),
    ]);
    expect(await client.get(jobs, "a")).toBeUndefined();
    for (let round = 0; round < 3; round++)
      expect(await failure(client.get(jobs, "a"))).toMatchObject({ name: "ApiError", status: 404 });
  });

  test.each([
    ["no list", json({ kind: "Something" })],
    ["half a list", stream('{"metadata":{"resourceVersion":"1"},"items":[', "clean")],
    ["a list that is cut", stream('{"metadata":{"resourceVersion":"1"},"items":[', "reset")],
    ["a list that stalls", stream('{"metadata":{"resourceVersion":"1"},"items":[', "never")],
    ["silence", () => {}],
    ["an empty answer", (socket) => answer(socket, 200, {})],
  ] as [string, Step][])("%s is no empty set", async (_, step) => {
    const { client } = await scriptedApi([step], { answer: 150 });
    expect(await failure(client.list(jobs))).toMatchObject({ name: "ConnectionError" });
  });

  test("a redirect is not followed, and the token stays here", async () => {
    const { client, seen } = await scriptedApi([(socket) => answer(socket, 302, { location: "/elsewhere" })]);
    expect(await failure(client.list(jobs))).toMatchObject({ name: "ApiError", status: 302 });
    expect(seen).toHaveLength(1);
  });

  test("the abort of the caller is the caller's own", async () => {
    const { client } = await scriptedApi([stream("", "never")]);
    const reason = new Error("enough");
    const control = new AbortController();
    const events = client.watch(jobs, {}, "1", control.signal, () => control.abort(reason));
    expect(
      await failure(
        (async () => {
          for await (const _ of events);
        })(),
      ),
    ).toBe(reason);
  });

  test("a name cannot be a way to another path", async () => {
    const { client, seen } = await scriptedApi([json({})]);
    for (const name of ["", "..", "a/b", "%2e%2e"])
      expect(await failure((async () => client.get(jobs, name))())).toBeInstanceOf(RangeError);
    expect(seen).toEqual([]);
  });
});

const authority = createAuthority("ca");

/** A TLS server that answers each list with an empty one; `seen` says who asked. */
async function tlsServer(
  names: string[],
  host = "127.0.0.1",
  accepts?: (token: string | undefined) => boolean,
) {
  const { cert, key } = issue(authority, { commonName: "server", names });
  const seen: { peer: string; token: string | undefined }[] = [];
  const tls = { cert, key, ca: authority.cert, requestCert: true, rejectUnauthorized: false };
  const handle = (request: RawRequest, socket: Socket) => {
    const token = request.headers["authorization"];
    seen.push({ peer: String((socket as TLSSocket).getPeerCertificate()?.subject?.CN), token });
    const list = { metadata: { resourceVersion: "1" }, items: [] };
    if (accepts?.(token) ?? true) answer(socket, 200, {}, JSON.stringify(list));
    else answer(socket, 401, {}, JSON.stringify({ kind: "Status", code: 401 }));
  };
  return { port: await serveRaw(handle, { tls, host }), seen };
}

async function clientOf(cluster: object, user: object = {}, env: Record<string, string> = {}) {
  const folder = tempDir({
    "ca.pem": authority.cert,
    config: JSON.stringify({
      clusters: [{ name: "c", cluster }],
      users: [{ name: "u", user }],
      contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
      "current-context": "x",
    }),
  });
  const client = await connectKubernetes({ env, kubeconfig: `${folder}/config`, warn: () => {} });
  cleanUpAfter(() => client.close());
  return client;
}

test("what cannot be reached is named with its address and its proxy, without credentials", async () => {
  const port = await serveRaw((_, socket) => socket.destroy(), {});
  const cut = await clientOf({ server: `http://user:pw@127.0.0.1:${port}/prefix` });
  expect((await failure(cut.list(jobs))).message).toBe(`the connection was cut (127.0.0.1:${port})`);
  const server = "https://127.0.0.1:1";
  expect((await failure((await clientOf({ server })).list(jobs))).message).toBe(
    "connection refused (127.0.0.1:1)",
  );
  const proxied = await clientOf({ server: "https://10.0.0.1", "proxy-url": "http://u:pw@127.0.0.1:1" });
  expect((await failure(proxied.list(jobs))).message).toEndWith(
    "(10.0.0.1:443 through the proxy 127.0.0.1:1)",
  );
});

describe("TLS", () => {
  const ca = { "certificate-authority": "ca.pem" };

  test("the server is verified against its authority and its name", async () => {
    const { port } = await tlsServer(["kubernetes.test"]);
    const server = `https://127.0.0.1:${port}`;
    const named = { ...ca, "tls-server-name": "kubernetes.test" };
    expect((await (await clientOf({ server, ...named })).list(jobs)).items).toEqual([]);
    expect((await failure((await clientOf({ server, ...ca })).list(jobs))).message).toContain("another name");
    expect((await failure((await clientOf({ server })).list(jobs))).message).toContain("not signed by");
    const other = {
      "certificate-authority-data": Buffer.from(createAuthority("other").cert).toString("base64"),
    };
    expect((await failure((await clientOf({ server, ...other })).list(jobs))).message).toMatch(
      /not signed|signature/,
    );
    expect((await (await clientOf({ server, "insecure-skip-tls-verify": true })).list(jobs)).items).toEqual(
      [],
    );
  });

  test("a client certificate, over IPv6", async () => {
    const { port, seen } = await tlsServer(["::1"], "::1");
    const { cert, key } = issue(authority, { commonName: "alice" });
    const data = (text: string) => Buffer.from(text).toString("base64");
    const user = { "client-certificate-data": data(cert), "client-key-data": data(key) };
    await (await clientOf({ server: `https://[::1]:${port}`, ...ca }, user)).list(jobs);
    expect(seen[0]?.peer).toBe("alice");
  });

  test("through a proxy as the configuration says, whatever Bun reads in the environment", async () => {
    const { port } = await tlsServer(["127.0.0.1"]);
    const server = `https://127.0.0.1:${port}`;
    const connects: unknown[] = [];
    const proxy = createPlain().on("connect", (request, client) => {
      connects.push([request.url, request.headers["proxy-authorization"]]);
      const upstream = connect(port, "127.0.0.1", () => {
        client.write("HTTP/1.1 200 OK\r\n\r\n");
        upstream.pipe(client).pipe(upstream);
      });
      for (const socket of [client, upstream]) socket.on("error", () => socket.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const kept = { https: process.env["HTTPS_PROXY"], no: process.env["NO_PROXY"] };
    cleanUpAfter(() => {
      set("HTTPS_PROXY", kept.https);
      set("NO_PROXY", kept.no);
      proxy.closeAllConnections();
      proxy.close();
    });
    const url = `http://u:p%40ss@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    set("NO_PROXY", "*");
    await (await clientOf({ server, ...ca, "proxy-url": url })).list(jobs);
    const basic = `Basic ${Buffer.from("u:p@ss").toString("base64")}`;
    expect(connects).toEqual([[`127.0.0.1:${port}`, basic]]);
    set("NO_PROXY", undefined);
    set("HTTPS_PROXY", url);
    await (await clientOf({ server, ...ca }, {}, { HTTPS_PROXY: url })).list(jobs);
    expect(connects).toHaveLength(1);
  });

  test("in a pod: a token that was rotated while a request was under way is sent again at once", async () => {
    const folder = tempDir({ token: "old", "ca.crt": authority.cert, namespace: "shop" });
    const { port, seen } = await tlsServer(["127.0.0.1"], "127.0.0.1", (token) => {
      if (token === "Bearer old") writeFiles(folder, { token: "new" });
      return token === "Bearer new";
    });
    const env = { HOME: folder, KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT: String(port) };
    const client = await connectKubernetes({ env, accountFolder: folder, warn: () => {} });
    await client.list(jobs);
    expect(seen.map(({ token }) => token)).toEqual(["Bearer old", "Bearer new"]);
    expect(readFileSync(`${folder}/token`, "utf8")).toBe("new");
    client.close();
  });
});

function set(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
