import { existsSync, readdirSync, rmSync } from "node:fs";
import { apiServerDaemon } from "./apiserver.ts";
import { nodesWithCgroup, removeCgroup } from "./cgroups.ts";
import { controllerManagerDaemon, schedulerDaemon } from "./controllers.ts";
import { dnsDaemon } from "./dns.ts";
import { etcdDaemon } from "./etcd.ts";
import { removeBridge } from "./network.ts";
import { signalDaemon, stopDaemon } from "./processes.ts";
import { sandboxOf, stopSandbox } from "./sandbox.ts";
import { readState, writeState } from "./state.ts";

/**
 * Ends everything that `up` started and removes what it made: processes, nodes, cgroups, interfaces, files. Also what
 * an earlier `down` left that was interrupted.
 */
export async function down({ stateDir, log }: { stateDir: string; log(line: string): void }): Promise<void> {
  const begin = performance.now();
  // Bridge and cgroups may be those of a cluster in another folder.
  if (!existsSync(stateDir)) return log(`there is no cluster in ${stateDir}`);
  const state = readState(stateDir);
  if (state !== undefined) writeState(stateDir, { ...state, goingDown: true });
  const isRoot = process.getuid?.() === 0;
  const numbers = new Set([
    ...nodeFolders(stateDir),
    ...(isRoot && state?.kind !== "control-plane" ? nodesWithCgroup() : []),
  ]);
  for (const number of numbers) await stopSandbox(sandboxOf(stateDir, number));
  await Promise.all(
    [dnsDaemon, schedulerDaemon, controllerManagerDaemon].map((daemon) =>
      stopDaemon(daemon(stateDir), 3_000),
    ),
  );
  // In this order: an API server that has lost etcd hangs in its own end for minutes and keeps its port.
  signalDaemon(apiServerDaemon(stateDir), "SIGCONT");
  await stopDaemon(apiServerDaemon(stateDir));
  await stopDaemon(etcdDaemon(stateDir));
  for (const number of numbers) await removeCgroup(number);
  if (isRoot && state?.kind !== "control-plane") removeBridge();
  rmSync(stateDir, { recursive: true, force: true });
  log(`${((performance.now() - begin) / 1000).toFixed(1).padStart(6)} s  down`);
}

function nodeFolders(stateDir: string): number[] {
  const names = existsSync(stateDir) ? readdirSync(stateDir) : [];
  return names.flatMap((name) => /^node(\d+)$/.exec(name)?.[1] ?? []).map(Number);
}
