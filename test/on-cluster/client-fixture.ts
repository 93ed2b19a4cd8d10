import { join } from "node:path";
import type { KubernetesClient } from "../../src/kubernetes/client.ts";
import { connectKubernetes } from "../../src/kubernetes/connect.ts";
import type { Limits } from "../../src/kubernetes/http/transport.ts";
import { observe } from "../../src/kubernetes/observe.ts";
import { jobs } from "../../src/kubernetes/resources.ts";
import type { Job } from "../../src/kubernetes/types.ts";
import { cleanUpAfter } from "../support/cleanup.ts";
import { tempDir } from "../support/temp.ts";

/** A Job that no controller would start. */
export const job = (name: string, labels: Record<string, string> = {}): Job => ({
  metadata: { name, labels },
  spec: {
    suspend: true,
    template: { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "x" }] } },
  },
});

/** A kubeconfig for a user of the test's own making. */
export async function connectAs(server: string, ca: string, user: object, limits: Partial<Limits> = {}) {
  const folder = tempDir({
    config: JSON.stringify({
      clusters: [
        { name: "c", cluster: { server, "certificate-authority-data": Buffer.from(ca).toString("base64") } },
      ],
      users: [{ name: "u", user }],
      contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
      "current-context": "x",
    }),
  });
  const env = { PATH: process.env["PATH"] };
  const client = await connectKubernetes({ env, kubeconfig: join(folder, "config"), warn: () => {}, limits });
  cleanUpAfter(() => client.close());
  return client;
}

/** Until something is said. Milliseconds. */
const PATIENCE = 55_000;

/** Follows one Job; `until` resolves when something is said that ends so, and rejects where it is not. */
export function follow(client: KubernetesClient, name: string) {
  const said: string[] = [];
  let heard = () => {};
  const say = (text: string) => {
    said.push(text);
    heard();
  };
  const control = new AbortController();
  const changed = (items: ReadonlyMap<string, Job>) =>
    say(items.get(name)?.metadata.labels?.["state"] ?? "none");
  const observer = { changed, troubled: ({ message }: Error) => say(`! ${message}`) };
  const done = observe<Job>(client, jobs, { name }, observer, control.signal);
  cleanUpAfter(async () => {
    control.abort();
    await done;
  });
  const until = (text: string | RegExp, from = 0) =>
    new Promise<void>((resolve, reject) => {
      const late = () => reject(new Error(`nobody said ${text}, but ${JSON.stringify(said)}`));
      const timer = setTimeout(late, PATIENCE);
      heard = () => {
        const matches = (one: string) => (typeof text === "string" ? one === text : text.test(one));
        if (!said.slice(from).some(matches)) return;
        clearTimeout(timer);
        resolve();
      };
      heard();
    });
  return { said, until };
}
