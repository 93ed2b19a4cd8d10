import { homedir } from "node:os";
import { join } from "node:path";

/** The Go modules that are built. */
export const buildFolder = join(import.meta.dirname, "build");

/** Where built executables are kept between runs: `$XDG_CACHE_HOME/sluice/cluster`, else below ~/.cache. */
export function cacheFolder(): string {
  return join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "sluice", "cluster");
}

/**
 * Where the cluster that `npm run cluster:up` starts lives: SLUICE_CLUSTER_DIR, else /var/lib/sluice-cluster, else for
 * other users than root a folder of the cache. Short, because the longest address of a Unix socket is 108 bytes; not
 * in /tmp, which is emptied under running containers.
 */
export function stateFolder(): string {
  const chosen = process.env["SLUICE_CLUSTER_DIR"];
  if (chosen) return chosen;
  return process.getuid?.() === 0 ? "/var/lib/sluice-cluster" : join(cacheFolder(), "state");
}

/** The kubeconfig of the administrator of a cluster. Takes its state folder. */
export const kubeconfigPath = (stateDir: string): string => join(stateDir, "kubeconfig");

/** Held while a cluster changes. One for all state folders, as the addresses and interfaces are the same. */
export const lockPath = (): string => join(cacheFolder(), "cluster.lock");
