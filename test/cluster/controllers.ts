import { join } from "node:path";
import type { Credentials } from "./credentials.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { type Daemon, startDaemon } from "./processes.ts";
import type { Access } from "./readiness.ts";

export const controllerManagerDaemon = (stateDir: string): Daemon => ({
  stateDir,
  name: "controller-manager",
});
export const schedulerDaemon = (stateDir: string): Daemon => ({ stateDir, name: "scheduler" });

interface Spec {
  stateDir: string;
  file: string;
  credentials: Credentials;
  access: Access;
}

/** Starts the controller manager, unless it runs. Without names, with all controllers that are on by default. */
export async function startControllerManager(
  spec: Spec & { controllers?: readonly string[] },
): Promise<number> {
  const { credentials, stateDir, file } = spec;
  const authority = join(credentials.folder, "ca");
  const args = [
    ...(await common(spec, "system:kube-controller-manager", "controller-manager")),
    `--controllers=${(spec.controllers ?? ["*"]).join(",")}`,
    "--use-service-account-credentials",
    `--service-account-private-key-file=${credentials.signing.key}`,
    `--root-ca-file=${authority}.crt`,
    `--cluster-signing-cert-file=${authority}.crt`,
    `--cluster-signing-key-file=${authority}.key`,
    // A lost node is known as such after 20 s and not 50: kubelets here renew their lease every 5 s.
    "--node-monitor-grace-period=20s",
  ];
  return startDaemon(controllerManagerDaemon(stateDir), { file, args });
}

/** Starts the scheduler, unless it runs. */
export async function startScheduler(spec: Spec): Promise<number> {
  const args = await common(spec, "system:kube-scheduler", "scheduler");
  return startDaemon(schedulerDaemon(spec.stateDir), { file: spec.file, args });
}

/** No port of theirs is open: several control planes run on one machine, and nothing asks for their metrics. */
async function common(
  { stateDir, credentials, access }: Spec,
  user: string,
  name: string,
): Promise<string[]> {
  const { cert, key } = credentials.pair(name, { commonName: user });
  const kubeconfig = join(stateDir, `${name}.kubeconfig`);
  writeKubeconfig(kubeconfig, { ...access, cert, key });
  return [`--kubeconfig=${kubeconfig}`, "--leader-elect=false", "--secure-port=0"];
}
