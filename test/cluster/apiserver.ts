import { join } from "node:path";
import type { Credentials } from "./credentials.ts";
import { administrator } from "./credentials.ts";
import { type Daemon, startDaemon } from "./processes.ts";
import { type Access, get, until } from "./readiness.ts";

export interface ApiServerSpec {
  stateDir: string;
  file: string;
  credentials: Credentials;
  etcd: string;
  /** It listens here only. */
  address: string;
  port: number;
  serviceRange: string;
  /** Addresses by which it is called beside its own: the first one of the services' range. */
  names?: readonly string[];
  /** After ours, so that they win. */
  flags?: readonly string[];
}

export const apiServerDaemon = (stateDir: string): Daemon => ({ stateDir, name: "apiserver" });

/** How the administrator reaches it. */
export function accessOf({ address, port, credentials }: ApiServerSpec): Access {
  const { cert, key } = credentials.pair("admin", administrator);
  const host = address.includes(":") ? `[${address}]` : address;
  return { server: `https://${host}:${port}`, ca: credentials.authority.cert, cert, key };
}

/** Starts the API server, unless it runs, and waits until it is ready. Returns its pid. */
export async function startApiServer(spec: ApiServerSpec): Promise<number> {
  const { credentials, stateDir } = spec;
  const daemon = apiServerDaemon(stateDir);
  const serving = credentials.files("apiserver", {
    commonName: "kube-apiserver",
    names: [
      ...["kubernetes", "kubernetes.default", "kubernetes.default.svc", "localhost", "127.0.0.1", "::1"],
      ...(["127.0.0.1", "::1"].includes(spec.address) ? [] : [spec.address]),
      ...(spec.names ?? []),
    ],
  });
  const client = credentials.files("admin", administrator);
  const authority = join(credentials.folder, "ca.crt");
  const args = [
    `--etcd-servers=${spec.etcd}`,
    `--bind-address=${spec.address}`,
    `--secure-port=${spec.port}`,
    `--service-cluster-ip-range=${spec.serviceRange}`,
    `--cert-dir=${credentials.folder}`,
    `--tls-cert-file=${serving.cert}`,
    `--tls-private-key-file=${serving.key}`,
    `--client-ca-file=${authority}`,
    `--kubelet-client-certificate=${client.cert}`,
    `--kubelet-client-key=${client.key}`,
    "--kubelet-preferred-address-types=InternalIP",
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${credentials.signing.pub}`,
    `--service-account-signing-key-file=${credentials.signing.key}`,
    "--authorization-mode=Node,RBAC",
    "--enable-admission-plugins=NodeRestriction",
    "--allow-privileged",
    ...(spec.flags ?? []),
  ];
  const pid = await startDaemon(daemon, { file: spec.file, args });
  const access = accessOf(spec);
  await until("the API server is ready", async () => (await get(access, "/readyz")).status === 200, {
    daemon,
  });
  return pid;
}
