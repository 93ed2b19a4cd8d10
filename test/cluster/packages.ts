import { onPath, run, tryRun } from "./run.ts";

/** What a node needs beside our own builds: a file that shows that it is there, and the Debian package it is from. */
const needed: Readonly<Record<string, string>> = {
  containerd: "containerd",
  ctr: "containerd",
  runc: "runc",
  iptables: "iptables",
  ip: "iproute2",
  conntrack: "conntrack",
  busybox: "busybox-static",
  nsenter: "util-linux",
  unshare: "util-linux",
  "/usr/lib/cni/bridge": "containernetworking-plugins",
  // Not for the node: for tests in which the clock is set.
  faketime: "faketime",
};

/** Installs the packages that are missing, where this is root on Debian; throws with their names where it is not. */
export function ensurePackages(log: (line: string) => void): void {
  const missing = missingPackages();
  if (missing.length === 0) return;
  const apt = process.getuid?.() === 0 && onPath("apt-get");
  if (!apt) throw new Error(`a node needs these packages, which are not installed: ${missing.join(" ")}`);
  log(`installing ${missing.join(" ")}`);
  const install = ["install", "--yes", "--quiet", "--no-install-recommends", ...missing];
  // Lists that are years old name versions that are gone; none at all name nothing.
  if (!tryRun("apt-get", install)) {
    run("apt-get", ["update", "--quiet"]);
    run("apt-get", install);
  }
  const left = missingPackages();
  if (left.length > 0)
    throw new Error(`these packages were installed and are still missing: ${left.join(" ")}`);
}

const missingPackages = (): string[] => [
  ...new Set(Object.entries(needed).flatMap(([file, name]) => (onPath(file) ? [] : [name]))),
];
