import { describe, expect, test } from "bun:test";
import type { Running } from "../support/run.ts";
import { place, shell } from "./real-fixture.ts";

/** Services whose endpoints a controller writes, from pods that a kubelet probes. */
const here = await place();
const { kubectl, apply } = here;

/** For a line of a gate, on a busy machine. Milliseconds. */
const LONG = 40_000;

/** A pod that is ready while /tmp/ready is there; it does not hear SIGTERM, and so ends when /tmp/go is there. */
function pod(name: string): object {
  const readinessProbe = {
    exec: { command: ["test", "-e", "/tmp/ready"] },
    periodSeconds: 1,
    failureThreshold: 1,
  };
  const main = shell(here.it, "until [ -e /tmp/go ]; do sleep 0.1; done", { readinessProbe });
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels: { app: name } },
    spec: { restartPolicy: "Never", terminationGracePeriodSeconds: 60, containers: [main] },
  };
}

function service(name: string, spec: object = {}): object {
  const all = { selector: { app: name }, ports: [{ name: "web", port: 80, targetPort: 8080 }], ...spec };
  return { apiVersion: "v1", kind: "Service", metadata: { name }, spec: all };
}

const running = (name: string) =>
  kubectl(`wait pod/${name} --timeout=55s`, "--for=jsonpath={.status.phase}=Running");
const setReady = (name: string, ready = true) =>
  kubectl(`exec ${name} -- ${ready ? "touch" : "rm"} /tmp/ready`);
const becomes = (name: string, ready: boolean) =>
  kubectl(`wait pod/${name} --for=condition=Ready=${ready} --timeout=55s`);

/** Waits until the EndpointSlice's controller has written so: a moment after the pod is. */
const endpoint = (name: string, condition: string) =>
  kubectl(
    `wait endpointslice --selector=kubernetes.io/service-name=${name} --timeout=55s`,
    `--for=jsonpath={.endpoints[*].conditions.${condition}`,
  );

const opens = async (gate: Running): Promise<void> => expect((await gate.done).code).toBe(0);

describe.concurrent("a Service", () => {
  test("without a pod, then with one that becomes ready, is not any more, and is again", async () => {
    await apply(service("web"));
    const gate = await here.gate("service/web");
    await gate.waitForOutput(/the Service has no endpoint: no pod matches it yet/, LONG);
    await apply(pod("web"));
    await gate.waitForOutput(/its only endpoint is not ready/, LONG);
    await running("web");
    await setReady("web");
    await opens(gate);
    await becomes("web", true);
    await setReady("web", false);
    await endpoint("web", "ready}=false");
    const again = await here.gate("svc/web");
    await again.waitForOutput(/its only endpoint is not ready/, LONG);
    await setReady("web");
    await opens(again);
  });

  test("without an address of its own, all the same; an endpoint that is being ended does not count", async () => {
    await apply(service("head", { clusterIP: "None" }), pod("head"));
    await running("head");
    const gate = await here.gate("service/head");
    await gate.waitForOutput(/its only endpoint is not ready/, LONG);
    await setReady("head");
    await opens(gate);
    await kubectl("delete pod head --wait=false");
    await endpoint("head", "terminating}=true");
    const late = await here.gate("service/head");
    await late.waitForOutput(/its only endpoint is not ready; 1 of them is being ended/, LONG);
    await kubectl("exec head -- touch /tmp/go");
    await late.waitForOutput(/the Service has no endpoint/, LONG);
  });

  test("that publishes addresses which are not ready opens with a pod that is not, but not with one that is ended", async () => {
    await apply(service("early", { clusterIP: "None", publishNotReadyAddresses: true }), pod("early"));
    await opens(await here.gate("service/early"));
    await running("early");
    await becomes("early", false);
    await kubectl("delete pod early --wait=false");
    await endpoint("early", "terminating}=true");
    const late = await here.gate("service/early");
    await late.waitForOutput(/its only endpoint is not ready; 1 of them is being ended/, LONG);
    await kubectl("exec early -- touch /tmp/go");
  });

  test("without a selector has the endpoints that somebody writes, ready where they say so", async () => {
    await apply(service("outside", { selector: null }));
    const gate = await here.gate("service/outside");
    await gate.waitForOutput(/there is no EndpointSlice of a Service outside/, LONG);
    const slice = (conditions: object) => ({
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { name: "outside-1", labels: { "kubernetes.io/service-name": "outside" } },
      addressType: "IPv4",
      endpoints: [{ addresses: ["192.0.2.1"], conditions }],
      ports: [{ name: "web", port: 8080 }],
    });
    await apply(slice({}));
    await gate.waitForOutput(/its only endpoint is not ready; of 1 it is not said whether ready/, LONG);
    await apply(slice({ ready: true }));
    await opens(gate);
  });
});
