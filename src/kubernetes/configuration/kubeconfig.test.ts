import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { createAuthority, issue } from "../../../test/cluster/pki.ts";
import { tempDir, writeFiles } from "../../../test/support/temp.ts";
import { SluiceError } from "../../errors.ts";
import { connectKubernetes } from "../connect.ts";
import type { Endpoint } from "../endpoint.ts";
import { chooseContext } from "./choose.ts";
import { kubeconfigEndpoint } from "./endpoint.ts";
import { loadKubeconfig } from "./load.ts";

const authority = createAuthority("ca");
const alice = issue(authority, { commonName: "alice" });

const base64 = (text: string) => Buffer.from(text).toString("base64");

const config = (cluster: string, user: string, more = "") => `apiVersion: v1
kind: Config
clusters:
- name: c
  cluster: {${cluster}}
users:
- name: u
  user: {${user}}
contexts:
- name: x
  context: {cluster: c, user: u, namespace: shop}
current-context: x
${more}`;

async function endpointOf(
  files: Record<string, string>,
  env: Record<string, string> = {},
  context?: string,
): Promise<{ endpoint: Endpoint; namespace: string | undefined; warnings: string[] }> {
  const folder = tempDir(files);
  const warnings: string[] = [];
  const warn = (text: string) => warnings.push(text);
  const KUBECONFIG = Object.keys(files)
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => join(folder, name))
    .join(":");
  const { config: loaded } = await loadKubeconfig(undefined, { KUBECONFIG, ...env }, warn);
  const chosen = chooseContext(loaded!, context);
  return { endpoint: await kubeconfigEndpoint(chosen, env, warn), namespace: chosen.namespace, warnings };
}

async function failure(files: Record<string, string>, context?: string): Promise<SluiceError> {
  const error = await endpointOf(files, {}, context).catch((one) => one);
  expect(error).toBeInstanceOf(SluiceError);
  return error;
}

describe("a kubeconfig", () => {
  test("gives address, namespace, certificates and token; a path counts from its file", async () => {
    const { endpoint, namespace } = await endpointOf({
      "sub/a.yaml": config(
        'server: "https://[fd00::1]:6443/", certificate-authority: ca.pem, tls-server-name: kubernetes',
        `client-certificate-data: ${base64(alice.cert)}, client-key: ../key.pem, token: abc`,
      ),
      "sub/ca.pem": authority.cert,
      "key.pem": alice.key,
    });
    expect(endpoint.base).toBe("https://[fd00::1]:6443");
    expect(namespace).toBe("shop");
    expect(await endpoint.settings()).toEqual({
      headers: { authorization: "Bearer abc" },
      tls: { ca: authority.cert, serverName: "kubernetes", cert: alice.cert, key: alice.key },
    });
  });

  test("of several files the first that has a name gives the whole entry", async () => {
    const files = {
      "1.yaml": "users: [{name: u, user: {username: me, password: pw}}]\ncurrent-context: y\n",
      "2.yaml": config("server: https://second:1", "token: other, as: boss"),
      "3.yaml": `clusters: [{name: c, cluster: {server: "https://third:1"}}, {name: d, cluster: {server: "https://d:1"}}]
contexts: [{name: y, context: {cluster: d, user: u}}, {name: x, context: {cluster: d}}]
current-context: x
`,
    };
    const current = await endpointOf(files);
    expect(current.endpoint.base).toBe("https://d:1");
    expect(await current.endpoint.settings()).toEqual({
      headers: { authorization: `Basic ${base64("me:pw")}` },
      tls: {},
    });
    const named = await endpointOf(files, {}, "x");
    expect([named.endpoint.base, named.namespace]).toEqual(["https://second:1", "shop"]);
  });

  test("proxy-url goes before the environment, which goes before nothing", async () => {
    const files = { "a.yaml": config('server: "https://10.0.0.1", proxy-url: "http://cfg:1"', "") };
    const env = { HTTPS_PROXY: "http://env:1", NO_PROXY: "10.0.0.0/8" };
    expect((await endpointOf(files, env)).endpoint.proxy).toBe("http://cfg:1/");
    const bare = { "a.yaml": config('server: "https://10.0.0.1"', "") };
    expect((await endpointOf(bare, { HTTPS_PROXY: "http://env:1" })).endpoint.proxy).toBe("http://env:1/");
    expect((await endpointOf(bare, env)).endpoint.proxy).toBeUndefined();
  });

  test("insecure-skip-tls-verify is said aloud", async () => {
    const { endpoint, warnings } = await endpointOf({
      "a.yaml": config('server: "https://h", insecure-skip-tls-verify: true', ""),
    });
    expect((await endpoint.settings()).tls).toEqual({ rejectUnauthorized: false });
    expect(warnings).toEqual([expect.stringContaining("the certificate of https://h is not verified")]);
  });

  test("a token file is read for each request, and a half-replaced one does not matter", async () => {
    const folder = tempDir({
      token: "one\n",
      k: config('server: "https://h"', "tokenFile: token, token: old"),
    });
    const { config: loaded } = await loadKubeconfig(join(folder, "k"), {}, () => {});
    const endpoint = await kubeconfigEndpoint(chooseContext(loaded!, undefined), {}, () => {});
    const sent = async () => (await endpoint.settings()).headers["authorization"];
    expect(await sent()).toBe("Bearer one");
    writeFiles(folder, { token: "" });
    expect(await sent()).toBe("Bearer one");
    expect(endpoint.refused()).toBe(false);
    writeFiles(folder, { token: "two" });
    expect(endpoint.refused()).toBe(true);
    expect(await sent()).toBe("Bearer two");
  });

  test.each([
    ["SL7003", 5, config("server: a, server: b", ""), "Map keys must be unique"],
    ["SL7003", 1, "clusters: {}", "clusters should be a list"],
    ["SL7003", 1, "- a", "it should be a mapping"],
    ["SL7010", 5, config("server: nowhere", ""), "server: it is not an address"],
    [
      "SL7010",
      8,
      config('server: "https://h"', 'client-certificate-data: "%%", client-key: k'),
      "not base64",
    ],
    ["SL7005", 5, config('server: "https://h", certificate-authority: none.pem', ""), "it does not exist"],
    ["SL7009", 8, config('server: "https://h"', "auth-provider: {name: gcp}"), "the auth-provider gcp"],
    ["SL7010", 8, config('server: "https://h"', 'token: "top secret"'), "token: it has characters"],
    [
      "SL7006",
      8,
      config(
        'server: "https://h"',
        "exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-plugin}",
      ),
      "the credential plugin no-such-plugin cannot be started",
    ],
  ])("%s with the line %p", async (code, line, text, message) => {
    const error = await failure({ "a.yaml": text });
    expect([error.code as string, error.exit as number]).toEqual([code, 2]);
    expect(error.message).toContain(message);
    expect(error.place?.line).toBe(line);
    expect(error.message).not.toContain("secret");
  });

  test("certificates and keys that cannot be used: which, and why, and nothing of them", async () => {
    const other = issue(authority, { commonName: "bob" });
    const damaged = alice.cert.replace(/[A-Za-z0-9]{20}/, "AAAAAAAAAAAAAAAAAAAA");
    const user = (cert: string, key: string) =>
      config('server: "https://h"', `client-certificate-data: ${cert}, client-key-data: ${key}`);
    const data = { cert: base64(alice.cert), key: base64(alice.key) };
    const cases: [string, string, string][] = [
      ["SL7010", user("AAAA", data.key), "client-certificate-data: it holds no certificate in PEM form"],
      [
        "SL7010",
        user(base64(damaged), data.key),
        "client-certificate-data: the certificate in it is damaged",
      ],
      ["SL7010", user(data.cert, base64(alice.key.slice(0, 90))), "client-key-data: it is torn"],
      ["SL7010", user(data.cert, base64(other.key)), "client-key-data: the private key in it is not that of"],
      ["SL7005", config('server: "https://h", certificate-authority: torn.pem', ""), "torn.pem: it is torn"],
      [
        "SL7005",
        config('server: "https://h", certificate-authority: two.pem', ""),
        "certificate 2 of 2 in it",
      ],
    ];
    for (const [code, text, message] of cases) {
      const files = { "torn.pem": authority.cert.slice(0, 100), "two.pem": authority.cert + damaged };
      const error = await failure({ "a.yaml": text, ...files });
      expect([error.code as string, error.exit as number]).toEqual([code, 2]);
      expect(error.message).toContain(message);
      expect(error.place?.line).toBe(code === "SL7010" ? 8 : 5);
      expect(`${error.message}${error.notes}`).not.toContain("AAAA");
    }
  });

  test("while files are being replaced, what was there goes on, and it is said why, once", async () => {
    const cluster = 'server: "https://h", certificate-authority: ca.pem';
    const user = "client-certificate: c.pem, client-key: k.pem";
    const good = { "ca.pem": authority.cert, "c.pem": alice.cert, "k.pem": alice.key };
    const folder = tempDir({ k: config(cluster, user), ...good });
    const { config: loaded } = await loadKubeconfig(join(folder, "k"), {}, () => {});
    const said: string[] = [];
    const warn = (text: string) => said.push(text);
    const endpoint = await kubeconfigEndpoint(chooseContext(loaded!, undefined), {}, warn);
    const sent = async () => (await endpoint.settings()).tls;
    const before = { ca: authority.cert, cert: alice.cert, key: alice.key };
    const [renewed, newer] = [createAuthority("newer"), issue(authority, { commonName: "alice" })];
    const steps: [Record<string, string>, string][] = [
      [{ "ca.pem": renewed.cert.slice(0, 200) }, "certificate-authority: .*ca.pem: it is torn: "],
      [
        { "ca.pem": authority.cert, "c.pem": newer.cert },
        "client-key: .*k.pem: the private key in it is not",
      ],
      [{ "k.pem": newer.key.slice(0, 100) }, "client-key: .*k.pem: it is torn: "],
    ];
    for (const [index, [files, reason]] of steps.entries()) {
      writeFiles(folder, files);
      for (let round = 0; round < 2; round++) expect(await sent()).toEqual(before);
      expect(said).toHaveLength(index + 1);
      expect(said[index]).toMatch(new RegExp(`^${reason}.*there before go(es)? on$`));
    }
    writeFiles(folder, { "ca.pem": renewed.cert, "k.pem": newer.key });
    expect(await sent()).toEqual({ ca: renewed.cert, cert: newer.cert, key: newer.key });
    expect(said).toHaveLength(3);
  });

  test("a context that is not there: the names that are", async () => {
    const error = await failure({ "a.yaml": config('server: "https://h"', "") }, "prod");
    expect(error.message).toBe("there is no context prod in the kubeconfig");
    expect(error.notes).toEqual(["its contexts: x"]);
  });
});

describe("without any configuration", () => {
  test("the error says what was looked for", async () => {
    const HOME = tempDir();
    const error = await connectKubernetes({ env: { HOME }, warn: () => {} }).catch((one) => one);
    expect([error.code, error.exit]).toEqual(["SL7001", 2]);
    expect(error.notes).toEqual([
      "KUBECONFIG: not set",
      `${HOME}/.kube/config (the home folder): it does not exist`,
      "KUBERNETES_SERVICE_HOST: not set, so this is no pod",
    ]);
  });

  test("a pod without a token: what to set", async () => {
    const env = { HOME: tempDir(), KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "443" };
    const options = { env, warn: () => {}, accountFolder: tempDir() };
    const error = await connectKubernetes(options).catch((one) => one);
    expect(error.code).toBe("SL7011");
    expect(error.hint).toContain("automountServiceAccountToken: true");
  });

  test("a pod's account: address, namespace, and the variable that overrides it", async () => {
    const env = { HOME: tempDir(), KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "443" };
    const accountFolder = tempDir({ token: "t", "ca.crt": authority.cert, namespace: "shop\n" });
    const connect = (more: object) =>
      connectKubernetes({ env: { ...env, ...more }, warn: () => {}, accountFolder });
    const client = await connect({});
    expect([client.server, client.namespace]).toEqual(["https://[fd00::1]:443", "shop"]);
    expect((await connect({ POD_NAMESPACE: "other" })).namespace).toBe("other");
  });
});
