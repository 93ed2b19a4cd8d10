import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { each } from "../support/each.ts";
import { buildAll, ensureBuilt } from "./build.ts";
import { down } from "./down.ts";
import { inventory } from "./leftovers.ts";
import { withLock } from "./lock.ts";
import { lockPath, stateFolder } from "./paths.ts";
import { onPath, tryRun } from "./run.ts";
import { readState } from "./state.ts";
import { isUp } from "./status.ts";
import { runFile, type Sums, stopRunning } from "./test-file.ts";
import { up } from "./up.ts";

/**
 * `npm run test:cluster [-- FILE...] [-t PATTERN] [--context NAME] [--keep] [--table]`: runs test/on-cluster on our own
 * cluster, or on one of the user's. See README.md. Ends with "N passed, N failed".
 */
const root = join(import.meta.dirname, "..", "..");
const folder = join(root, "test", "on-cluster");
/** Prints the gate's truth table when told so; it has a control plane of its own and needs no cluster. */
const tableFile = join(folder, "truth-table.cluster.ts");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    context: { type: "string" },
    keep: { type: "boolean" },
    table: { type: "boolean" },
    "test-name-pattern": { type: "string", short: "t" },
  },
});
const stateDir = stateFolder();
const log = (line: string) => console.log(line);
const sums: Sums = { passed: 0, failed: 0, skipped: 0, failures: [] };
const run = randomBytes(4).toString("hex");

function files(): string[] {
  const all = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".cluster.ts"),
  );
  const chosen =
    positionals.length === 0
      ? all
      : all.filter((name) => positionals.some((part) => join(folder, name).includes(part)));
  if (chosen.length === 0) throw new Error(`no file of test/on-cluster matches ${positionals.join(" ")}`);
  return chosen.sort().map((name) => join(folder, name));
}

/** Tests that deploy releases, each in a namespace of its own: most of their time they wait for pods. */
const releases = join(folder, "releases");
const AT_ONCE = 3;

/** The others one after another: many measure times, and some kill parts of the cluster. */
async function runAll(env: Record<string, string>): Promise<void> {
  const options = { root, pattern: values["test-name-pattern"], env: { ...env, SLUICE_TEST_RUN: run } };
  const all = files();
  for (const file of all.filter((path) => !path.startsWith(releases))) await runFile(file, options, sums);
  const beside = all.filter((path) => path.startsWith(releases));
  await each(beside, AT_ONCE, (file) => runFile(file, { ...options, beside: true }, sums));
}

async function onOurs(): Promise<void> {
  const wasUp = isUp(stateDir);
  const before = readState(stateDir) === undefined ? inventory(stateDir) : undefined;
  await up({ stateDir, nodes: 2, log });
  try {
    await runAll({});
  } finally {
    if (!wasUp && !values.keep) {
      await withLock(lockPath(), () => down({ stateDir, log }));
      if (before !== undefined) compare(before);
    }
  }
}

/** The last test: nothing is there that was not before. */
function compare(before: ReadonlySet<string>): void {
  const left = [...inventory(stateDir)].filter((line) => !before.has(line));
  const name = "cluster:down leaves nothing behind";
  if (left.length === 0) sums.passed++;
  else sums.failed++;
  log(left.length === 0 ? `(pass) ${name}` : `(fail) ${name}`);
  if (left.length > 0) sums.failures.push(`${name}\n${left.join("\n")}`);
}

async function onForeign(context: string): Promise<void> {
  const kubectl = onPath("kubectl") ? "kubectl" : (await ensureBuilt(["kubernetes"], log))("kubectl");
  const reach = [`--context=${context}`, "--request-timeout=20s"];
  if (!tryRun(kubectl, [...reach, "version"]))
    throw new Error(`the cluster of context ${context} does not answer`);
  try {
    await runAll({ SLUICE_TEST_CONTEXT: context });
  } finally {
    // Each test began this for its own; here the end of it is awaited.
    const namespaces = ["delete", "namespace", `--selector=sluice.dev/test-run=${run}`];
    if (!tryRun(kubectl, [`--context=${context}`, ...namespaces])) {
      sums.failures.push(`namespaces with sluice.dev/test-run=${run} could not be removed`);
      sums.failed++;
    }
  }
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stopRunning);
try {
  // A build takes minutes, which no test has. Whoever chose some files gets what these need, when they need it.
  if (positionals.length === 0 && !values.table) await buildAll(log);
  if (values.table) {
    await runFile(tableFile, { root, pattern: undefined, env: { SLUICE_TABLE: "print" } }, sums);
  } else if (values.context === undefined) await onOurs();
  else await onForeign(values.context);
} catch (error) {
  sums.failed++;
  sums.failures.push((error as Error).message);
}
if (sums.failures.length > 0) log(`\n${sums.failures.join("\n\n")}`);
if (sums.skipped > 0)
  log(`\n${sums.skipped} skipped: they need what this cluster is not (our own, root, two nodes)`);
log(`\n${sums.passed} passed, ${sums.failed} failed`);
process.exitCode = sums.failed === 0 && sums.passed > 0 ? 0 : 1;
