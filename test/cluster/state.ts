import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { EtcdPorts } from "./etcd.ts";
import { writeChanged } from "./files.ts";

/** What `up` decided and must decide alike the next time. */
export interface ClusterState {
  kind: "cluster" | "control-plane";
  /** Only of a control plane: with controllers. */
  controllers: boolean;
  nodes: number;
  etcd: EtcdPorts;
  address: string;
  port: number;
  /** The builds that run; others begin from nothing. */
  builds: string;
  /** The machine's boot: after another nothing of it is left but files. */
  boot: string;
  /** Set before the first thing is taken down. */
  goingDown?: boolean;
}

const fileOf = (stateDir: string): string => join(stateDir, "state.json");

/** Undefined where there is no cluster. */
export function readState(stateDir: string): ClusterState | undefined {
  const file = fileOf(stateDir);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as ClusterState) : undefined;
}

export function writeState(stateDir: string, state: ClusterState): void {
  mkdirSync(stateDir, { recursive: true });
  writeChanged(fileOf(stateDir), `${JSON.stringify(state, null, 2)}\n`);
}
