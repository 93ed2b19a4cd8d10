import { join } from "node:path";
import { type Daemon, startDaemon } from "./processes.ts";
import { until } from "./readiness.ts";

export interface EtcdPorts {
  client: number;
  peer: number;
}

export const etcdDaemon = (stateDir: string): Daemon => ({ stateDir, name: "etcd" });
export const etcdUrl = ({ client }: EtcdPorts): string => `http://127.0.0.1:${client}`;

/** Starts etcd on loopback and waits until it serves. Returns its pid. */
export async function startEtcd(stateDir: string, file: string, ports: EtcdPorts): Promise<number> {
  const daemon = etcdDaemon(stateDir);
  const [client, peer] = [etcdUrl(ports), `http://127.0.0.1:${ports.peer}`];
  const args = [
    `--data-dir=${join(stateDir, "etcd")}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    // The data of a test cluster may die with the machine.
    "--unsafe-no-fsync",
    "--log-level=warn",
  ];
  const pid = await startDaemon(daemon, { file, args });
  await until("etcd serves", async () => (await fetch(`${client}/health`)).ok, { daemon });
  return pid;
}

/**
 * Forgets all revisions but the newest, so that a watch from an older one is told 410 once the API server has to ask
 * etcd for it. Returns that newest revision. (etcd's gRPC gateway: JSON over HTTP, 64-bit numbers as strings.)
 */
export async function compactEtcd(ports: EtcdPorts): Promise<string> {
  const call = async (path: string, body: unknown) => {
    const response = await fetch(`${etcdUrl(ports)}/v3/kv/${path}`, {
      method: "POST",
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`etcd ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as { header: { revision: string } };
  };
  const { header } = await call("range", { key: Buffer.from("/").toString("base64"), count_only: true });
  await call("compaction", { revision: header.revision, physical: true });
  return header.revision;
}
