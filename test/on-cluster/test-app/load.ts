import { setTimeout as sleep } from "node:timers/promises";
import type { Summary } from "../../load/window.ts";
import { type Place, shell } from "../real-fixture.ts";
import { loadImage } from "./images.ts";

export type { Summary } from "../../load/window.ts";

/** Requests a second, towards the Service of the API. */
const RATE = 20;
/** A window is never shorter, so that "none failed" says something. Milliseconds. */
const WINDOW_MS = 5_000;

/** A load generator in the cluster, which goes on until the test ends. */
export interface Load {
  /** What happened since the last mark; begins anew. */
  mark(): Promise<Summary>;
  /** What happened while `work` ran, and beside it whatever `work` gives. */
  during<T>(work: () => Promise<T>): Promise<{ load: Summary; result: T }>;
}

/** Starts the generator beside an application that answers already. */
export async function startLoad(at: Place, service: string): Promise<Load> {
  const name = "load";
  const { command: _, ...container } = shell(at.it, "") as { command: unknown };
  await at.apply({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels: { app: name } },
    spec: {
      restartPolicy: "Never",
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      containers: [
        {
          ...container,
          image: loadImage,
          args: ["--url", `http://${service}`, "--rate", String(RATE)],
          ports: [{ containerPort: 9090 }],
          readinessProbe: { httpGet: { path: "/", port: 9090 }, periodSeconds: 1 },
          resources: { requests: { cpu: "50m", memory: "64Mi" } },
        },
      ],
    },
  });
  await at.kubectl(`wait pod/${name} --for=condition=Ready --timeout=120s`);
  const address = await at.kubectl(`get pod ${name} -o jsonpath={.status.podIP}`);
  const mark = async (): Promise<Summary> => {
    const response = await fetch(`http://${address}:9090/mark`, { method: "POST" });
    if (!response.ok) throw new Error(`the load generator answers ${response.status}`);
    return (await response.json()) as Summary;
  };
  return {
    mark,
    async during(work) {
      await mark();
      const [result] = await Promise.all([work(), sleep(WINDOW_MS)]);
      return { load: await mark(), result };
    },
  };
}
