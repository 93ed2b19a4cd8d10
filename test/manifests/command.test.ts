import { describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { chmodSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { cleanUpAfter } from "../support/cleanup.ts";
import { runSluice } from "../support/run.ts";
import { tempDir } from "../support/temp.ts";
import { sluice } from "./cli.ts";

const pod = (name: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec:\n  containers:\n    - {name: a, image: "a:1"}\n`;
const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n";
const job = ["--job", "app-migrate"];

describe("standard input", () => {
  test("is read where nothing is named, and for -; out comes what went in, to the byte", async () => {
    const input = `\uFEFF# größe\r\n${pod("a").replaceAll("\n", "\r\n")}`;
    for (const words of [[], ["-"]]) {
      const { code, stdout, stderr } = await runSluice(["inject", ...words, ...job], { input });
      expect([code, stderr]).toEqual([0, "pod/a: gate added\n"]);
      const back = await runSluice(["eject"], { input: stdout });
      expect([back.code, back.stdout]).toEqual([0, input]);
    }
  });

  test("without anything in it is no error, and said", async () => {
    const { code, stdout, stderr } = await runSluice(["inject"], { input: "" });
    expect([code, stdout, stderr]).toEqual([0, "", "nothing with pods in it was found\n"]);
  });

  test("a megabyte passes unharmed", async () => {
    const input = `${pod("a")}---\n${configMap}data:\n${'  k: "v"\n'.replace("k", "a")}  b: "${"é".repeat(600_000)}"\n`;
    const { code, stdout } = await runSluice(["inject", ...job], { input });
    expect(code).toBe(0);
    expect((await runSluice(["eject"], { input: stdout })).stdout).toBe(input);
  });
});

describe("files and folders", () => {
  test("are read in the order of their names with all below, and become one stream", async () => {
    const folder = tempDir({
      "b.yaml": pod("b"),
      "a.json": JSON.stringify(parse(pod("a"))),
      "sub/c.YML": `---\n${pod("c").trimEnd()}`,
      "sub/empty.yaml": "",
      "notes.txt": "no: [manifest",
      ".hidden/d.yaml": pod("d"),
    });
    const { status, stdout, stderr } = await sluice("inject", folder, ...job);
    expect([status, stderr]).toEqual([0, "pod/a: gate added\npod/b: gate added\npod/c: gate added\n"]);
    expect(stdout).toStartWith("---\n{");
    const names = parseAllDocuments(stdout).map((one) => one.toJS().metadata.name);
    expect(names).toEqual(["a", "b", "c"]);
  });

  test("links that have no end, or lead to nowhere, are no reason to fail", async () => {
    const folder = tempDir({ "a.yaml": pod("a"), "sub/b.yaml": pod("b") });
    symlinkSync("..", join(folder, "sub/up"));
    symlinkSync("me@host.1", join(folder, ".#a.yaml"));
    symlinkSync("nowhere", join(folder, "socket"));
    const { status, stderr } = await sluice("inject", folder, ...job);
    expect([status, stderr]).toEqual([0, "pod/a: gate added\npod/b: gate added\n"]);
    symlinkSync("nowhere", join(folder, "c.yaml"));
    const broken = await sluice("inject", folder, ...job);
    expect([broken.status, broken.stderr]).toEqual([2, expect.stringContaining("c.yaml cannot be read")]);
  });

  test("--write changes in place what changes, keeps rights and links, and writes nothing else", async () => {
    const folder = tempDir({ "a.yaml": pod("a"), "x.yaml": configMap, "real/b.yaml": pod("b") });
    chmodSync(join(folder, "a.yaml"), 0o640);
    symlinkSync("real/b.yaml", join(folder, "b.yaml"));
    const untouched = statSync(join(folder, "x.yaml")).ino;
    const { status, stdout } = await sluice("inject", "-w", folder, ...job);
    expect([status, stdout]).toEqual([0, ""]);
    expect(readFileSync(join(folder, "a.yaml"), "utf8")).toContain("sluice-gate");
    expect(statSync(join(folder, "a.yaml")).mode & 0o777).toBe(0o640);
    expect(lstatSync(join(folder, "b.yaml")).isSymbolicLink()).toBe(true);
    expect(statSync(join(folder, "x.yaml")).ino).toBe(untouched);
    expect(readdirSync(folder).sort()).toEqual(["a.yaml", "b.yaml", "real", "x.yaml"]);
    await sluice("eject", "--write", folder);
    expect(readFileSync(join(folder, "real/b.yaml"), "utf8")).toBe(pod("b"));
  });

  test("one that cannot be read among many: nothing is written, in place neither", async () => {
    const folder = tempDir({ "a.yaml": pod("a"), "b.yaml": "a: 1\n---\na: [1\nb: 2\n" });
    for (const more of [[], ["-w"]]) {
      const { status, stdout, stderr } = await sluice("inject", folder, ...job, ...more);
      expect([status, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(/SL8001[\s\S]*b\.yaml:\d:\d/);
      expect(readFileSync(join(folder, "a.yaml"), "utf8")).toBe(pod("a"));
    }
  });

  test.each([
    [["/nowhere/a.yaml"], "SL8002", "/nowhere/a.yaml cannot be read: it does not exist"],
    [["."], "SL8002", "the folder holds no"],
    [["http://127.0.0.1:1/a.yaml"], "SL8002", "only https:// is read"],
    [["https://127.0.0.1:1/a.yaml"], "SL8002", "https://127.0.0.1:1/a.yaml"],
    [["-", "-"], "SL8002", "twice"],
    [["-w"], "SL8005", "it is not a file"],
    [["-w", "-"], "SL8005", "it is not a file"],
  ])("%j is exit 2 with the reason", async (words, code, reason) => {
    const { code: status, stdout, stderr } = await runSluice(["inject", ...words, ...job], { input: "" });
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(code);
    expect(stderr).toContain(reason);
  });

  test("bytes that are not UTF-8 are refused", async () => {
    const file = join(tempDir({ "a.yaml": new Uint8Array([0x61, 0x3a, 0x20, 0xe9]) }), "a.yaml");
    const { status, stderr } = await sluice("inject", file);
    expect([status, stderr]).toEqual([2, expect.stringContaining("it is not UTF-8")]);
  });
});

test("https:// is read, with its redirects; one that leads to http:// is refused", async () => {
  const folder = tempDir();
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  const request = [
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-days",
    "2",
    "-keyout",
    key,
    "-out",
    cert,
  ];
  expect(spawnSync("openssl", [...request, ...subject]).status).toBe(0);
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, ({ url }, response) => {
    const location = { "/moved": "/a.yaml", "/out": "http://127.0.0.1:1/a.yaml", "/round": "/round" }[
      url ?? ""
    ];
    if (location !== undefined) response.writeHead(302, { location }).end();
    else if (url === "/a.yaml") response.end(pod("a"));
    else response.writeHead(404).end("no");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUpAfter(() => void server.close().closeAllConnections());
  const base = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const get = (path: string, env: Record<string, string> = { NODE_EXTRA_CA_CERTS: cert }) =>
    runSluice(["inject", `${base}${path}`, ...job], { env });
  for (const path of ["/a.yaml", "/moved"]) {
    const { code, stdout, stderr } = await get(path);
    expect([code, stderr]).toEqual([0, "pod/a: gate added\n"]);
    expect((await runSluice(["eject"], { input: stdout })).stdout).toBe(pod("a"));
  }
  for (const [path, reason] of [
    ["/out", "it leads to http://127.0.0.1:1/a.yaml"],
    ["/round", "more than 10 redirects"],
    ["/none", "status 404"],
  ] as const)
    expect(await get(path)).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(reason) });
  expect(await get("/a.yaml", {})).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringContaining("SL8002"),
  });
});

test("tags that make more than texts, a number as a name, and kinds that are not known", async () => {
  const values = "annotations: {a: !!timestamp 2026-01-01, b: !!set {c}, d: !!binary aGVsbG8=}";
  const knative =
    "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: k}\nspec:\n  template:\n";
  const input = `${pod("5").replace("{name: 5}", `{name: 5, ${values}}`)}---\n${knative}    spec: {containers: [{name: a}]}\n`;
  const { code, stdout, stderr } = await runSluice(["inject", ...job], { input });
  expect([code, stderr]).toEqual([
    0,
    "pod/5: gate added\nwarning: service/k (serving.knative.dev/v1) has pods, and its kind is not known here: it got no gate\n",
  ]);
  expect((await runSluice(["eject"], { input: stdout })).stdout).toBe(input);
});

describe("settings that cannot be meant are exit 2", () => {
  test.each([
    [["--wait", "deploymnt/x"], "deployment/x"],
    [["--job", "App_Migrate"], "job/app-migrate"],
    [["--arg=--nonsense"], "--nonsense"],
    [["--arg=--require", "--arg=1", "--wait", "job"], "job/NAME"],
    [["--position", "second"], "first, last or after:NAME"],
    [["--env-from", "db"], "secret/NAME or configmap/NAME"],
    [["--url-secret", "db"], "NAME:KEY"],
    [["--files-from", "volume/none"], "pod/a has no volume none"],
    [["--env", "9=1"], "KEY=VALUE"],
    [["--env", "SLUICE_INJECTED=1"], "eject"],
    [["--user", "0"], "no number above 0"],
    [["--container-name", "A"], "no container can have the name"],
    [["--container-name", "a"], "has a container of that name"],
    [["--only", "deploymnt/api"], "names no workload"],
  ])("%j", async (args, hint) => {
    const file = join(tempDir({ "a.yaml": pod("a") }), "a.yaml");
    const { status, stdout, stderr } = await sluice("inject", file, ...args);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(hint);
  });
});

describe("--only and --skip", () => {
  test.each([
    [["--only", "pod/a"], ["a"]],
    [
      ["--only", "po"],
      ["a", "b-1", "b-2"],
    ],
    [
      ["--only", "b-*"],
      ["b-1", "b-2"],
    ],
    [["--only", "*/b-*", "--skip", "b-2"], ["b-1"]],
    [["--skip", "pods/b-*"], ["a"]],
    [["--only", "deployment"], []],
  ])("%j", async (args, names) => {
    const file = join(tempDir({ "a.yaml": ["a", "b-1", "b-2"].map(pod).join("---\n") }), "a.yaml");
    const { status, stderr } = await sluice("inject", file, ...job, ...args);
    const added = [...stderr.matchAll(/pod\/(\S+): gate added/g)].map((match) => match[1]);
    expect([status, added as unknown]).toEqual([0, names]);
    if (names.length === 0) expect(stderr).toContain("--only deployment names nothing that was read");
  });
});

describe("a Kustomize function", () => {
  const list = (data: object, items: object[]) =>
    JSON.stringify({
      apiVersion: "config.kubernetes.io/v1",
      kind: "ResourceList",
      functionConfig: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "gate" }, data },
      items,
    });

  test("gives the ResourceList back with the gate, and the report as results", async () => {
    const input = list({ wait: "run/1", "url-secret": "db:url" }, [parse(pod("a")), parse(configMap)]);
    const { code, stdout } = await runSluice(["inject"], { input });
    const output = JSON.parse(stdout);
    expect([code, output.items[1]]).toEqual([0, parse(configMap)]);
    expect(output.items[0].spec.initContainers[0].args).toEqual(["wait", "run/1"]);
    const resourceRef = { apiVersion: "v1", kind: "Pod", name: "a" };
    expect(output.results).toEqual([{ message: "pod/a: gate added", severity: "info", resourceRef }]);
  });

  test("warnings are results too; an unknown key is exit 2 with what is probably meant", async () => {
    const { stdout } = await runSluice(["inject"], { input: list({ wait: "run/1" }, [parse(pod("a"))]) });
    expect(JSON.parse(stdout).results[1]).toMatchObject({
      severity: "warning",
      message: expect.stringContaining("where the database is"),
    });
    const wrong = await runSluice(["inject"], { input: list({ wiat: "run/1" }, []) });
    expect([wrong.code, wrong.stdout, wrong.stderr]).toEqual([
      2,
      "",
      expect.stringContaining("Did you mean wait?"),
    ]);
  });
});

test("-o json gives report and manifests; passwords of --env are in neither error nor report", async () => {
  const file = join(tempDir({ "a.yaml": pod("a") }), "a.yaml");
  const { stdout, stderr } = await sluice("inject", file, "--env", "PGPASSWORD=hunter2", "-o", "json");
  const { objects, manifests } = JSON.parse(stdout);
  expect(objects).toMatchObject([{ file, kind: "Pod", name: "a", action: "added" }]);
  expect(manifests).toContain("hunter2");
  expect(stderr + JSON.stringify(objects)).not.toContain("hunter2");
});
