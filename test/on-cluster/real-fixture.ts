import { ensureBuilt } from "../cluster/build.ts";
import { type Running, startProgram, startSluice } from "../support/run.ts";
import { type Cluster, cluster } from "./support.ts";

/** A namespace of a cluster with controllers and kubelets, and short words for what tests do in it. */
export interface Place {
  it: Cluster;
  namespace: string;
  /** Calls kubectl in the namespace, by the words of one line, and then more words as they are. */
  kubectl(line: string, ...more: string[]): Promise<string>;
  apply(...objects: object[]): Promise<void>;
  /** Starts `sluice wait` on this machine, as the administrator of the cluster. One that hangs says why before the test ends. */
  gate(...args: string[]): Promise<Running>;
  /** Follows the log of a container from its beginning; it ends with the container. */
  follow(pod: string, container: string): Promise<Running>;
}

/**
 * Makes a namespace, with labels where they are given. For the tests of a file together: where the module is loaded,
 * not in beforeAll, with whose end Bun would clean up.
 */
export async function place(labels: Readonly<Record<string, string>> = {}): Promise<Place> {
  const it = await cluster();
  const namespace = await it.namespace();
  const here = `--namespace=${namespace}`;
  const words = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  if (words.length > 0) await it.kubectl(["label", "namespace", namespace, ...words]);
  const { KUBECONFIG = it.kubeconfig } = it.isOurs ? {} : process.env;
  const env: Record<string, string> = KUBECONFIG === undefined ? {} : { KUBECONFIG };
  const chosen = it.context === undefined ? [] : [`--context=${it.context}`];
  return {
    it,
    namespace,
    kubectl: (line, ...more) => it.kubectl([here, ...line.split(" "), ...more]),
    async apply(...items) {
      await it.apply(namespace, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
    },
    gate: (...args) => startSluice(["wait", ...args, here, "--timeout=90s", ...chosen], { env }),
    async follow(pod, container) {
      const kubectl = (await ensureBuilt(["kubernetes"]))("kubectl");
      return startProgram(kubectl, [...chosen, here, "logs", "--follow", pod, `--container=${container}`], {
        env,
      });
    },
  };
}

/** A container of the test image that runs a script; names no rights, and so fits PodSecurity `restricted`. */
export function shell(it: Cluster, script: string, more: object = {}): object {
  return {
    name: "main",
    image: it.testImage,
    command: ["sh", "-c", script],
    resources: { requests: { cpu: "5m", memory: "8Mi" } },
    securityContext: {
      allowPrivilegeEscalation: false,
      runAsNonRoot: true,
      runAsUser: 65532,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    },
    ...more,
  };
}

/** A pod's script that ends when somebody calls `letGo`; one that is PID 1 does not hear SIGTERM. */
export const untilLetGo = "until [ -e /tmp/go ]; do sleep 0.1; done";

/** Ends `untilLetGo` in a pod ("job/x" or a name), also while it is being ended. */
export async function letGo({ kubectl }: Place, pod: string): Promise<void> {
  await kubectl(`exec ${pod} --container=main -- touch /tmp/go`);
}

/** A Job of one container. */
export function job(
  name: string,
  container: object,
  { spec = {}, pod = {}, meta = {} }: JobParts = {},
): object {
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name },
    spec: {
      backoffLimit: 0,
      ...spec,
      template: {
        ...(Object.keys(meta).length > 0 && { metadata: meta }),
        spec: { restartPolicy: "Never", terminationGracePeriodSeconds: 1, containers: [container], ...pod },
      },
    },
  };
}

export interface JobParts {
  spec?: object;
  /** Beside the container. */
  pod?: object;
  /** Of the pod template. */
  meta?: object;
}

/** Waits with kubectl until a field of an object has a value. */
export async function until({ kubectl }: Place, object: string, path: string, value: string): Promise<void> {
  await kubectl(`wait ${object} --timeout=55s`, `--for=jsonpath={${path}}=${value}`);
}
