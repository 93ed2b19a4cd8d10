import { existsSync } from "node:fs";
import { run, tryRun } from "./run.ts";

/**
 * Addresses of 198.18.0.0/15, which is reserved for tests and never routed (RFC 2544). Only the host's bridge and one
 * end of a veth pair a node lie outside of the nodes' own network namespaces.
 */
export const addresses = {
  /** The API server, CoreDNS, and whatever of this machine pods are to reach. */
  host: "198.18.1.1",
  services: "198.19.0.0/24",
  /** The Service "kubernetes". */
  firstService: "198.19.0.1",
  /** Of all nodes. */
  pods: "198.18.128.0/17",
} as const;

const bridge = "sluice0";
const hostEnd = (node: number): string => `sluice0-n${node}`;

export const nodeAddress = (node: number): string => `198.18.1.${10 + node}`;
export const podRange = (node: number): string => `198.18.${128 + node}.0/24`;

/** Makes the bridge with the host's address, unless it is there. (A kernel need not have dummy devices.) */
export function makeBridge(): void {
  if (!existsSync(`/sys/class/net/${bridge}`)) run("ip", ["link", "add", bridge, "type", "bridge"]);
  run("ip", ["address", "replace", `${addresses.host}/24`, "dev", bridge]);
  run("ip", ["link", "set", bridge, "up"]);
}

/** Removes it, and with it every route that led over it. */
export function removeBridge(): void {
  for (const name of [1, 2, 3, 4].map(hostEnd)) tryRun("ip", ["link", "delete", name]);
  tryRun("ip", ["link", "delete", bridge]);
}

/**
 * Connects a node's network namespace, given by a process in it, with the host and the other nodes. Pods are reached
 * by routes and not by address translation, so that their own addresses are seen.
 */
export function connectNode(
  node: number,
  pid: number,
  others: readonly { node: number; pid: number }[],
): void {
  const inside = (of: number, args: readonly string[]) =>
    run("nsenter", [`--net=/proc/${of}/ns/net`, ...args]);
  const name = hostEnd(node);
  if (!existsSync(`/sys/class/net/${name}`)) {
    run("ip", ["link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", String(pid)]);
  }
  run("ip", ["link", "set", name, "master", bridge, "up"]);
  inside(pid, ["ip", "link", "set", "lo", "up"]);
  inside(pid, ["ip", "address", "replace", `${nodeAddress(node)}/24`, "dev", "eth0"]);
  inside(pid, ["ip", "link", "set", "eth0", "up"]);
  inside(pid, ["ip", "route", "replace", "default", "via", addresses.host]);
  // The second makes a Service's address work for a pod that calls itself or a neighbour through it.
  const settings = ["ipv4/ip_forward", "bridge/bridge-nf-call-iptables"];
  for (const setting of settings) {
    inside(pid, ["sh", "-c", '[ ! -e "$0" ] || echo 1 >"$0"', `/proc/sys/net/${setting}`]);
  }
  route(podRange(node), nodeAddress(node), (args) => run("ip", args));
  // A Service is reached from the host too: by the first node, whose kube-proxy knows where it leads.
  if (node === 1) route(addresses.services, nodeAddress(1), (args) => run("ip", args));
  for (const other of others) {
    route(podRange(other.node), nodeAddress(other.node), (args) => inside(pid, ["ip", ...args]));
    route(podRange(node), nodeAddress(node), (args) => inside(other.pid, ["ip", ...args]));
  }
}

function route(range: string, via: string, ip: (args: string[]) => void): void {
  ip(["route", "replace", range, "via", via]);
}
