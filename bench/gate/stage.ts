import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureBuilt } from "../../test/cluster/build.ts";
import { type ControlPlane, controlPlane } from "../../test/cluster/control-plane.ts";

/** One answered request of a waiter, from the API server's audit log. */
export interface Request {
  user: string;
  verb: string;
  resource: string;
  /** Milliseconds since 1970, when the API server got it. */
  received: number;
}

/** An API server with Jobs whose states are written by hand, and a record of who asks it what. */
export interface Stage {
  kubectl: string;
  /** Path of the kubeconfig of a user of that name, who may read everything. */
  kubeconfig(user: string): string;
  createJob(name: string): Promise<void>;
  /** Resolves, with the time by performance.now(), when the API server has answered that the Job is Complete. */
  complete(name: string): Promise<number>;
  requests(user: string): Request[];
  stop(): Promise<void>;
}

/** Each request once, when it was answered; nothing of its body. */
const AUDIT = JSON.stringify({
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived", "Panic"],
  rules: [{ level: "Metadata" }],
});

/** Starts it in a folder that goes away with the run. */
export async function startStage(scratch: string): Promise<Stage> {
  const folder = join(scratch, "gate");
  mkdirSync(folder, { recursive: true });
  const [policy, log] = [join(folder, "audit.json"), join(folder, "audit.log")];
  writeFileSync(policy, AUDIT);
  const plane: ControlPlane = await controlPlane({
    flags: [`--audit-policy-file=${policy}`, `--audit-log-path=${log}`],
  });
  const kubectl = (await ensureBuilt(["kubernetes"]))("kubectl");
  return {
    kubectl,
    // Of the group that may do everything: rights are not what is measured.
    kubeconfig: (user) => plane.kubeconfigFor(user, ["system:masters"]),
    async createJob(name) {
      await plane.kubectl(["create", "-f", "-"], JSON.stringify(job(name)));
      await plane.kubectl([
        ...patch(name),
        JSON.stringify({ status: { active: 1, startTime: "2026-01-01T00:00:00Z" } }),
      ]);
    },
    async complete(name) {
      await plane.kubectl([...patch(name), JSON.stringify({ status: done() })]);
      return performance.now();
    },
    requests: (user) =>
      readFileSync(log, "utf8")
        .split("\n")
        .flatMap((line) => requestOf(line, user)),
    stop: () => plane.stop(),
  };
}

const patch = (name: string) => ["patch", "job", name, "--subresource=status", "--type=merge", "-p"];

function job(name: string) {
  const template = { spec: { restartPolicy: "Never", containers: [{ name: "migrate", image: "migrate" }] } };
  return { apiVersion: "batch/v1", kind: "Job", metadata: { name }, spec: { template } };
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

function requestOf(line: string, user: string): Request[] {
  if (line === "") return [];
  const { user: who, verb, objectRef, stage, requestReceivedTimestamp } = JSON.parse(line);
  // A watch is told twice: when its answer begins, and when it ends.
  if (who?.username !== user || (verb === "watch") !== (stage === "ResponseStarted")) return [];
  const received = Date.parse(requestReceivedTimestamp);
  return [{ user, verb, resource: objectRef?.resource ?? "", received }];
}
