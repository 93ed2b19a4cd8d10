import { join } from "node:path";
import type { Credentials } from "./credentials.ts";
import { writeChanged } from "./files.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { type Daemon, startDaemon } from "./processes.ts";
import type { Access } from "./readiness.ts";

export const dnsDaemon = (stateDir: string): Daemon => ({ stateDir, name: "coredns" });

interface DnsSpec {
  stateDir: string;
  file: string;
  credentials: Credentials;
  access: Access;
  /** It listens here, on port 53. */
  address: string;
}

/** Starts the cluster's DNS beside the API server, unless it runs: it serves as soon as pods do. */
export async function startDns({ stateDir, file, credentials, access, address }: DnsSpec): Promise<number> {
  const kubeconfig = join(stateDir, "coredns.kubeconfig");
  const request = { commonName: "coredns", organizations: ["system:masters"] };
  writeKubeconfig(kubeconfig, { ...access, ...credentials.pair("coredns", request) });
  const corefile = join(stateDir, "Corefile");
  writeChanged(
    corefile,
    `cluster.local:53 in-addr.arpa:53 {
  bind ${address}
  errors
  kubernetes cluster.local in-addr.arpa {
    kubeconfig ${kubeconfig}
    ttl 1
  }
  cache 1
}
`,
  );
  return startDaemon(dnsDaemon(stateDir), { file, args: ["-conf", corefile] });
}
