import { join } from "node:path";
import { connectKubernetes } from "../../src/kubernetes/connect.ts";
import { jobs } from "../../src/kubernetes/resources.ts";
import { auditIn, type Request } from "../../test/cluster/audit.ts";
import { ensureBuilt } from "../../test/cluster/build.ts";
import { controlPlane } from "../../test/cluster/control-plane.ts";

/** An API server with Jobs whose states are written by hand, and a record of who asks it what. */
export interface Stage {
  kubectl: string;
  /** Path of the kubeconfig of a user of that name, who may do everything: rights are not what is measured. */
  kubeconfig(user: string): string;
  createJob(name: string): Promise<void>;
  /** Writes that the Job is Complete. Resolves with the time, by performance.now(), at which it was sent. */
  complete(name: string): Promise<number>;
  requests(user: string): Request[];
  stop(): Promise<void>;
}

/** Starts it in a folder that goes away with the run. */
export async function startStage(scratch: string): Promise<Stage> {
  const audit = auditIn(join(scratch, "gate"));
  const plane = await controlPlane({ flags: audit.flags });
  const client = await connectKubernetes({ env: {}, kubeconfig: plane.kubeconfig, warn: () => {} });
  const status = (name: string, value: object) =>
    client.patch(jobs, name, { status: value }, { subresource: "status" });
  return {
    kubectl: (await ensureBuilt(["kubernetes"]))("kubectl"),
    kubeconfig: (user) => plane.kubeconfigFor(user, ["system:masters"]),
    async createJob(name) {
      const template = { spec: { restartPolicy: "Never", containers: [{ name: "migrate", image: "x" }] } };
      await client.create(jobs, { metadata: { name }, spec: { template } });
      await status(name, { active: 1, startTime: "2026-01-01T00:00:00Z" });
    },
    async complete(name) {
      const sent = performance.now();
      await status(name, done());
      return sent;
    },
    requests: audit.requests,
    async stop() {
      client.close();
      await plane.stop();
    },
  };
}

function done() {
  const at = "2026-01-01T00:01:00Z";
  const conditions = ["SuccessCriteriaMet", "Complete"].map((type) => ({
    type,
    status: "True",
    lastProbeTime: at,
    lastTransitionTime: at,
  }));
  return { active: 0, succeeded: 1, completionTime: at, conditions };
}
