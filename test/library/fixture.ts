import { readFileSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "../cluster/lock.ts";
import { repository } from "../support/executable.ts";
import { type Finished, type Running, startProgram } from "../support/run.ts";
import { tempDir, writeFiles } from "../support/temp.ts";

/** An application that has installed the packed tarball, as its users do. */
export interface Application {
  folder: string;
  tarball: string;
  /** Its package, as it was unpacked. */
  package: string;
}

let installed: Promise<Application> | undefined;

/** Packs, and installs into an empty folder; once a run. */
export function application(): Promise<Application> {
  installed ??= install();
  return installed;
}

async function install(): Promise<Application> {
  const folder = tempDir({ "package.json": '{ "private": true, "type": "module" }' }, "run");
  // It makes dist/npm anew, and other processes of the suite pack at the same time.
  const packed = await withLock(join(repository, "dist", "pack.lock"), () =>
    npm(["pack", "--silent", "--pack-destination", folder], repository),
  );
  const tarball = join(folder, packed.stdout.trim().split("\n").at(-1) ?? "");
  // What `npm ci` of the repository has brought is in npm's cache.
  await npm(["install", "--prefer-offline", "--no-audit", "--no-fund", tarball], folder);
  writeFiles(folder, { "call.js": readFileSync(join(import.meta.dirname, "call.js"), "utf8") });
  return { folder, tarball, package: join(folder, "node_modules", "sluice") };
}

async function npm(args: readonly string[], cwd: string): Promise<Finished> {
  const done = await (await startProgram("npm", args, { cwd })).done;
  if (done.code !== 0)
    throw new Error(`npm ${args.join(" ")}: exit status ${done.code}\n${done.stdout}${done.stderr}`);
  return done;
}

/** What call.js says in the end. */
export interface Outcome {
  // biome-ignore lint/suspicious/noExplicitAny: the results of three functions
  result?: any;
  // biome-ignore lint/suspicious/noExplicitAny: whatever was thrown
  error?: any;
  // biome-ignore lint/suspicious/noExplicitAny: as the application gets them, through JSON
  events: any[];
  /** Signals and events of the process that the call listened to. */
  listeners: string[];
}

/** Starts a process that calls one function of the library, and ends by itself. SIGUSR2 aborts its signal. */
export async function startCall(
  call: "migrate" | "waitForSchema" | "status",
  options: Record<string, unknown>,
  runtime: "node" | "bun" = "node",
): Promise<{ running: Running; outcome: Promise<Outcome> }> {
  const { folder } = await application();
  const program = runtime === "node" ? "node" : process.execPath;
  const running = await startProgram(program, ["call.js", call, JSON.stringify(options)], { cwd: folder });
  return { running, outcome: running.done.then(read) };
}

export async function call(...args: Parameters<typeof startCall>): Promise<Outcome> {
  return (await startCall(...args)).outcome;
}

function read({ code, signal, stdout, stderr }: Finished): Outcome {
  if (code !== 0) throw new Error(`call.js ended with ${signal ?? code}:\n${stderr}`);
  return JSON.parse(stdout) as Outcome;
}
