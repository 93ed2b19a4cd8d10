import type { Cluster, ClusterOptions } from "./kubernetes/cluster.ts";
import type { ClusterAccess } from "./object-target.ts";

/** The way to the API server: neither its code nor its configuration is loaded before a target asks for it. */
export function clusterAccess(options: ClusterOptions): ClusterAccess {
  let opened: Promise<Cluster> | undefined;
  return {
    open() {
      opened ??= import("./kubernetes/cluster.ts").then(({ openCluster }) => openCluster(options));
      return opened;
    },
    async close() {
      const cluster = await opened?.catch(() => undefined);
      cluster?.client.close();
    },
  };
}
