import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { cgroupOf, makeCgroup } from "./cgroups.ts";
import type { Credentials } from "./credentials.ts";
import { writeChanged } from "./files.ts";
import { buildImages, imagesOf, importImage, pauseImage } from "./images.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { addresses, connectNode, nodeAddress, podRange } from "./network.ts";
import { containerdConfig, kubeletConfig, networkConfig, proxyConfig } from "./node-config.ts";
import { pidOf } from "./processes.ts";
import { type Access, until } from "./readiness.ts";
import { tryRun } from "./run.ts";
import { type Sandbox, sandboxOf, startInside, startSandbox } from "./sandbox.ts";

export interface NodeSpec {
  stateDir: string;
  /** 1, 2, ... */
  number: number;
  executable(name: string): string;
  credentials: Credentials;
  /** Of the administrator; the node gets certificates of its own. */
  access: Access;
}

export const nodeName = (number: number): string => `node${number}`;
export const containerdSocket = (stateDir: string, number: number): string =>
  join(sandboxOf(stateDir, number).dir, "containerd.sock");

/**
 * Starts what of a node does not run: its namespaces, network, containerd with the images, kubelet and kube-proxy.
 * Does not wait until it is Ready.
 */
export async function startNode(spec: NodeSpec, all: readonly number[]): Promise<void> {
  const { stateDir, number, executable } = spec;
  const sandbox = sandboxOf(stateDir, number);
  const init = await startSandbox(sandbox);
  makeCgroup(number);
  connectNode(number, init, othersOf(spec, all));
  writeConfiguration(spec, sandbox);
  const file = (name: string) => join(sandbox.dir, name);

  await startInside(sandbox, init, "containerd", {
    file: "containerd",
    args: ["--config", file("containerd.toml")],
  });
  const socket = containerdSocket(stateDir, number);
  const daemon = { stateDir: sandbox.dir, name: "containerd" };
  await until("containerd serves", async () => tryRun("ctr", ["--address", socket, "version"]), { daemon });
  const there = imagesOf(socket);
  for (const [name, path] of Object.entries(buildImages(join(stateDir, "images")))) {
    if (!there.includes(name)) importImage(socket, path);
  }
  await startInside(sandbox, init, "kubelet", {
    file: executable("kubelet"),
    args: [
      `--config=${file("kubelet.json")}`,
      `--kubeconfig=${file("kubelet.kubeconfig")}`,
      `--hostname-override=${nodeName(number)}`,
      `--node-ip=${nodeAddress(number)}`,
      `--root-dir=${file("kubelet")}`,
    ],
  });
  await startInside(sandbox, init, "kube-proxy", {
    file: executable("kube-proxy"),
    args: [`--config=${file("kube-proxy.json")}`],
  });
}

function othersOf({ stateDir, number }: NodeSpec, all: readonly number[]): { node: number; pid: number }[] {
  return all.flatMap((node) => {
    const pid = node === number ? undefined : pidOf(sandboxOf(stateDir, node).daemon);
    return pid === undefined ? [] : [{ node, pid }];
  });
}

function writeConfiguration({ stateDir, number, credentials, access }: NodeSpec, { dir }: Sandbox): void {
  const name = nodeName(number);
  const kubelet = { commonName: `system:node:${name}`, organizations: ["system:nodes"] };
  const names = [name, nodeAddress(number)];
  const kubeletFiles = credentials.files(`kubelet-${name}`, { ...kubelet, names });
  writeKubeconfig(join(dir, "kubelet.kubeconfig"), {
    ...access,
    ...credentials.pair(`kubelet-${name}`, kubelet),
  });
  const proxy = credentials.pair("kube-proxy", { commonName: "system:kube-proxy" });
  writeKubeconfig(join(dir, "kube-proxy.kubeconfig"), { ...access, ...proxy });
  mkdirSync(join(dir, "cni"), { recursive: true });
  const files: Readonly<Record<string, string>> = {
    "containerd.toml": containerdConfig(dir, containerdSocket(stateDir, number), pauseImage),
    "cni/10-sluice.conflist": networkConfig(podRange(number)),
    "kubelet.json": kubeletConfig({
      dir,
      socket: containerdSocket(stateDir, number),
      authority: join(credentials.folder, "ca.crt"),
      ...kubeletFiles,
      address: nodeAddress(number),
      dns: addresses.host,
      cgroup: cgroupOf(number),
    }),
    "kube-proxy.json": proxyConfig(join(dir, "kube-proxy.kubeconfig"), name, addresses.pods),
  };
  for (const [file, text] of Object.entries(files)) writeChanged(join(dir, file), text);
}
