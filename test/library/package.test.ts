import { beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { repository } from "../support/executable.ts";
import { testDatabase } from "../support/postgres.ts";
import { type Finished, type RunOptions, startProgram } from "../support/run.ts";
import { tempDir, writeFiles } from "../support/temp.ts";
import { type Application, application } from "./fixture.ts";

let app: Application;
beforeAll(async () => {
  app = await application();
}, 180_000);

async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return (await startProgram(program, args, { cwd: app.folder, ...options })).done;
}

describe("the tarball", () => {
  test("holds the library, its types, the command, and nothing else", () => {
    const all = readdirSync(app.package, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(app.package.length + 1))
      .sort();
    const chunks = all.filter((name) => /^dist\/npm\/chunks\/[\w-]+\.js$/.test(name));
    expect(chunks.length).toBeGreaterThan(5);
    expect(all.filter((name) => !chunks.includes(name))).toEqual([
      "LICENSE",
      "README.md",
      "dist/npm/cli.js",
      "dist/npm/error.d.ts",
      "dist/npm/events.d.ts",
      "dist/npm/index.d.ts",
      "dist/npm/index.js",
      "dist/npm/migrate.d.ts",
      "dist/npm/options.d.ts",
      "dist/npm/status.d.ts",
      "dist/npm/wait.d.ts",
      "package.json",
    ]);
    const code = chunks.map((name) => readFileSync(join(app.package, name), "utf8")).join("\n");
    expect(code).toContain('.resolve("libpg-query/wasm/libpg-query.wasm")');
    expect(code).not.toContain(repository);
    expect(code).not.toMatch(/\bBun\.|bun:|devDependencies/);
  });

  test("brings its dependencies and no server of the tests", () => {
    const { dependencies } = JSON.parse(readFileSync(join(app.package, "package.json"), "utf8"));
    expect(dependencies).toEqual(manifest.dependencies);
    const modules = readdirSync(join(app.folder, "node_modules"));
    for (const name of Object.keys(dependencies)) expect(modules).toContain(name);
    expect(modules.filter((name) => /embedded|postgres-\d|^bun$|typescript/.test(name))).toEqual([]);
  });
});

describe("importing it", () => {
  test.each(["node", "bun"])("does nothing (%s)", async (runtime) => {
    const program = runtime === "node" ? "node" : process.execPath;
    const done = await run(program, ["-e", sideEffects]);
    expect(done).toMatchObject({ code: 0, stderr: "" });
    const found = JSON.parse(done.stdout);
    expect(found.runtime).toBe(runtime === "node" ? "node" : "bun");
    expect(found).toEqual({
      runtime: found.runtime,
      names: ["SluiceError", "migrate", "status", "waitForSchema"],
      changed: [],
    });
  });
});

/** Takes what the process looks like before and after, to the prototypes of the language, and says what differs. */
const sideEffects = `
const look = () => {
  const of = (object) => Object.entries(Object.getOwnPropertyDescriptors(object)).concat(
    Object.getOwnPropertySymbols(object).map((symbol) => [String(symbol), Object.getOwnPropertyDescriptor(object, symbol)]));
  const state = new Map();
  for (const [name, { value, get, set }] of of(globalThis)) {
    state.set("global " + name, value ?? get ?? set);
    if (typeof value !== "function" || typeof value.prototype !== "object") continue;
    for (const target of [value, value.prototype])
      for (const [key, one] of of(target)) state.set(name + " " + (target === value ? "" : "prototype ") + key, one.value ?? one.get);
  }
  for (const [name, value] of Object.entries(process.env)) state.set("variable " + name, value);
  for (const name of process.eventNames()) state.set("listeners of " + String(name), process.listenerCount(name));
  for (const name of process.getActiveResourcesInfo?.() ?? []) state.set("resource " + name, (state.get("resource " + name) ?? 0) + 1);
  state.set("folder", process.cwd());
  state.set("stack", Error.stackTraceLimit);
  return state;
};
(async () => {
  await import("node:fs"); // what the runtime itself sets up with the first import
  await new Promise((resolve) => setTimeout(resolve, 10));
  const differ = (a, b) => [...new Set([...a.keys(), ...b.keys()])].filter((key) => !Object.is(a.get(key), b.get(key)));
  const itself = differ(look(), look()); // Bun makes PerformanceObserver.supportedEntryTypes anew for everybody who asks
  const before = look();
  const names = Object.keys(await import("sluice")).sort();
  await new Promise((resolve) => setTimeout(resolve, 10));
  const changed = differ(before, look()).filter((key) => !itself.includes(key));
  console.log(JSON.stringify({ runtime: process.versions.bun ? "bun" : "node", names, changed }));
})();`;

describe("its types", () => {
  const source = `
import { type MigrateEvent, type MigrateResult, migrate, type SluiceEvent, SluiceError, status, waitForSchema } from "sluice";
export async function start(signal: AbortSignal): Promise<number> {
  const log = (event: SluiceEvent): void => console.log(event.level, event.message);
  try {
    const done: MigrateResult = await migrate({ dir: new URL("file:///m"), lockWait: "5m", wait: 1000, readers: ["app"], signal, onEvent: log });
    await migrate({ dir: undefined, signal: undefined, onEvent: (event: MigrateEvent) => { if (event.type === "applied") event.durationMs.toFixed(); } });
    const { waitedMs } = await waitForSchema({ url: new URL("postgres://h/d"), timeout: "1m", onEvent: log });
    const first: "pending" | "applied" | "running" | "failed" | "baseline" | undefined = (await status()).migrations[0]?.state;
    return waitedMs + done.applied.length + (first === undefined ? 0 : 1);
  } catch (error) {
    if (error instanceof SluiceError) return error.exit + error.code.length + error.notes.length + (error.place?.line ?? 0);
    throw error;
  }
}
// @ts-expect-error: there is no such option
void migrate({ lockTimout: 5 });
// @ts-expect-error: no such phase
void migrate({ phase: "both" });
// @ts-expect-error: it is not for applications to construct
new SluiceError("SL4020");
`;
  const later = `export const later = async (): Promise<number> => (await (await import("sluice")).status()).pending;\n`;

  test.each([
    ["nodenext", { module: "nodenext", moduleResolution: "nodenext" }],
    ["node16", { module: "node16", moduleResolution: "node16" }],
    ["bundler", { module: "esnext", moduleResolution: "bundler" }],
  ])(
    "resolve and are right under %s",
    async (name, modules) => {
      const compilerOptions = {
        ...modules,
        target: "es2022",
        lib: ["es2022", "dom"],
        types: [],
        strict: true,
        exactOptionalPropertyTypes: true,
        noEmit: true,
        skipLibCheck: false,
      };
      writeFiles(app.folder, {
        [`${name}/app.mts`]: source,
        [`${name}/app.cts`]: later,
        [`${name}/tsconfig.json`]: JSON.stringify({ compilerOptions, include: ["."] }),
      });
      const compiler = join(repository, "node_modules", "typescript", "bin", "tsc");
      const done = await run("node", [compiler, "-p", name]);
      expect(done).toMatchObject({ code: 0, stdout: "", stderr: "" });
    },
    60_000,
  );
});

describe("its command under Node.js", () => {
  const sluice = (args: string[], options: RunOptions = {}) =>
    run("npx", ["--no-install", "sluice", ...args], options);

  test("is run by Node.js, and says its version", async () => {
    expect(await run("node", ["-p", "process.versions.bun"])).toMatchObject({ stdout: "undefined\n" });
    expect(readFileSync(join(app.package, "dist/npm/cli.js"), "utf8")).toStartWith("#!/usr/bin/env node\n");
    expect((await sluice(["--version"])).stdout).toBe(`sluice ${manifest.version}\n`);
  }, 60_000);

  test("npx sluice migrates, waits, shows the status and fails with the same statuses", async () => {
    const db = await testDatabase();
    const dir = tempDir({ "1_a.sql": "create table a (n int);\ncreate index concurrently a_n on a (n);" });
    const env = { SLUICE_URL: db.url };
    expect(await sluice(["migrate", "--dir", dir], { env })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("Applied 1 migration"),
    });
    expect(await sluice(["wait", "schema", "--dir", dir], { env })).toMatchObject({ code: 0 });
    expect(await sluice(["status", "--dir", dir, "--check", "-o", "json"], { env })).toMatchObject({
      code: 0,
    });
    writeFiles(dir, { "2_b.sql": "select nosuch" });
    const failed = await sluice(["migrate", "--dir", dir], { env });
    expect(failed).toMatchObject({ code: 3, stderr: expect.stringContaining("2_b.sql:1:8") });
  }, 60_000);

  test("npx sluice run starts a command under the lock, and its watcher with it", async () => {
    const db = await testDatabase();
    const env = { SLUICE_URL: db.url };
    const args = ["run", "--id", "r1", "--", "node", "-p", "6 * 7"];
    expect(await sluice(args, { env })).toMatchObject({ code: 0, stdout: expect.stringContaining("42\n") });
    expect(await db.query("select state from sluice_history where kind = 'run'")).toEqual([
      { state: "applied" },
    ]);
  }, 60_000);
});
