import { beforeAll, describe, expect, test } from "bun:test";
import { until } from "../cluster/readiness.ts";
import { type Cluster, cluster, isOurs } from "./support.ts";

/** The cluster itself: what everything else is tested on does what a Kubernetes does. */
let it: Cluster;
beforeAll(async () => {
  it = await cluster();
});

interface Container {
  name: string;
  command: readonly string[];
}

const container = ({ name, command }: Container) => ({
  name,
  command,
  image: it.testImage,
  resources: { requests: { cpu: "10m", memory: "16Mi" } },
});

const shell = (name: string, script: string): Container => ({ name, command: ["sh", "-c", script] });

/** Answers with the pod's name and the version, on port 8080. */
const server = (version: string): Container =>
  shell(
    "server",
    `mkdir -p /tmp/www; echo ${version} $(hostname) >/tmp/www/index.html; exec httpd -f -p 8080 -h /tmp/www`,
  );

const get = (host: string) => `printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 30 ${host} 80 | tail -1`;

function deployment(name: string, replicas: number, version: string, more: object = {}): object {
  const labels = { app: name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: {
        metadata: { labels: { ...labels, version } },
        spec: {
          terminationGracePeriodSeconds: 20,
          containers: [
            {
              ...container(server(version)),
              readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
              // Until no kube-proxy sends it anything more.
              lifecycle: { preStop: { sleep: { seconds: 10 } } },
            },
          ],
          ...more,
        },
      },
    },
  };
}

const service = (name: string): object => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name },
  spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] },
});

function pod(name: string, script: string, more: object = {}): object {
  const spec = {
    restartPolicy: "Never",
    terminationGracePeriodSeconds: 1,
    containers: [container(shell("main", script))],
  };
  return { apiVersion: "v1", kind: "Pod", metadata: { name }, spec: { ...spec, ...more } };
}

const apply = (namespace: string, ...items: object[]) =>
  it.apply(namespace, JSON.stringify({ apiVersion: "v1", kind: "List", items }));

/** Calls kubectl in a namespace, by the words of one line. */
const inside =
  (namespace: string) =>
  (line: string, ...more: string[]): Promise<string> =>
    it.kubectl([`--namespace=${namespace}`, ...line.split(" "), ...more]);

describe("workloads", () => {
  test("a Job runs to its end and keeps its log", async () => {
    const namespace = await it.namespace();
    const kubectl = inside(namespace);
    const template = {
      spec: { restartPolicy: "Never", containers: [container(shell("main", "echo done it"))] },
    };
    await apply(namespace, {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "one" },
      spec: { template },
    });
    await kubectl("wait job/one --for=condition=Complete --timeout=60s");
    expect(await kubectl("logs job/one")).toBe("done it\n");
  });

  test("init containers run one after another, before the container", async () => {
    const namespace = await it.namespace();
    const kubectl = inside(namespace);
    const volume = { volumes: [{ name: "log", emptyDir: {} }] };
    const step = (name: string) => ({
      ...container(shell(name, `echo ${name} >>/log/order; sleep 0.2; cat /log/order`)),
      volumeMounts: [{ name: "log", mountPath: "/log" }],
    });
    const more = { ...volume, initContainers: [step("first"), step("second")], containers: [step("main")] };
    await apply(namespace, pod("ordered", "", more));
    await kubectl("wait pod/ordered --for=jsonpath={.status.phase}=Succeeded --timeout=60s");
    expect(await kubectl("logs ordered --container=second")).toBe("first\nsecond\n");
    expect(await kubectl("logs ordered")).toBe("first\nsecond\nmain\n");
  });

  test("a Service is found by its name and answers; exec runs in a pod", async () => {
    const namespace = await it.namespace();
    const kubectl = inside(namespace);
    await apply(namespace, deployment("web", 1, "v1"), service("web"), pod("client", "sleep 600"));
    await kubectl("rollout status deployment/web --timeout=60s");
    await kubectl("wait pod/client --for=condition=Ready --timeout=60s");
    const found = await kubectl("exec client -- nslookup", `web.${namespace}.svc.cluster.local`);
    expect(found).toContain(await kubectl("get service web --output=jsonpath={.spec.clusterIP}"));
    // The node hears of the endpoint a moment later than kubectl.
    const answered = async () => (await kubectl("exec client -- sh -c", get("web"))).trim();
    expect(await until("an answer", async () => (await answered()) || undefined)).toMatch(/^v1 web-/);
    expect(
      await kubectl("exec client -- sh -c", "nc -w 5 kubernetes.default 443 </dev/null && echo open"),
    ).toBe("open\n");
  });

  test("a rolling update of three replicas serves throughout", async () => {
    const namespace = await it.namespace();
    const kubectl = inside(namespace);
    await apply(namespace, deployment("web", 3, "v1"), service("web"));
    await kubectl("rollout status deployment/web --timeout=60s");
    await apply(
      namespace,
      // From the first answer on: the node hears of the endpoints a moment later than kubectl.
      pod(
        "client",
        `ask() { ${get("web")}; }; until [ "$(ask)" ]; do sleep 0.1; done; touch /tmp/asked;
         while true; do a=$(ask); echo "\${a:-failed}"; sleep 0.1; done`,
      ),
    );
    await kubectl("wait pod/client --for=condition=Ready --timeout=60s");
    await until("the first answer", () => kubectl("exec client -- ls /tmp/asked"));
    await apply(namespace, deployment("web", 3, "v2"));
    await kubectl("rollout status deployment/web --timeout=170s");
    // Rolled out does not mean that the last old pod is gone.
    await kubectl("wait pod --selector=app=web,version=v1 --for=delete --timeout=60s");
    expect(await kubectl("exec client -- sh -c", get("web"))).toMatch(/^v2 web-/);
    const answers = (await kubectl("logs client")).trim().split("\n");
    expect(answers.filter((line) => !/^v[12] web-/.test(line))).toEqual([]);
    expect(answers[0]).toMatch(/^v1 /);
  });
});

describe.skipIf(!isOurs)("two nodes", () => {
  const spread = {
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "kubernetes.io/hostname",
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: { app: "web" } },
      },
    ],
  };
  const nodesOf = async (namespace: string): Promise<string[]> => {
    const path = "jsonpath={.items[*].spec.nodeName}";
    return (await inside(namespace)("get pods --selector=app=web --output", path))
      .split(" ")
      .filter(Boolean)
      .sort();
  };

  test("pods run on both, and one Service reaches them all", async () => {
    const namespace = await it.namespace();
    const kubectl = inside(namespace);
    await apply(namespace, deployment("web", 4, "v1", spread), service("web"));
    await kubectl("rollout status deployment/web --timeout=60s");
    expect(new Set(await nodesOf(namespace))).toEqual(new Set(["node1", "node2"]));
    for (const nodeName of ["node1", "node2"]) {
      // Chosen at random for each connection; a node hears of the last of them a moment later than kubectl.
      const seen = "sort -u /tmp/seen";
      const script = `touch /tmp/seen; until [ "$(${seen} | wc -l)" = 4 ]; do ${get("web")} >> /tmp/seen; done; ${seen}`;
      await apply(namespace, pod(`client-${nodeName}`, script, { nodeName }));
      await kubectl(`wait pod/client-${nodeName} --for=jsonpath={.status.phase}=Succeeded --timeout=60s`);
      expect((await kubectl(`logs client-${nodeName}`)).trim().split("\n")).toHaveLength(4);
    }
  });

  test("drain moves the pods to the other node, uncordon lets them come again", async () => {
    const namespace = await it.namespace();
    const kubectl = inside(namespace);
    await apply(namespace, deployment("web", 2, "v1", spread));
    await kubectl("rollout status deployment/web --timeout=60s");
    try {
      await it.kubectl([
        "drain",
        "node2",
        "--ignore-daemonsets",
        "--delete-emptydir-data",
        "--force",
        "--timeout=50s",
      ]);
      await kubectl("rollout status deployment/web --timeout=60s");
      expect(await nodesOf(namespace)).toEqual(["node1", "node1"]);
    } finally {
      await it.kubectl(["uncordon", "node2"]);
    }
    // A controller takes the taint away that the scheduler goes by.
    const taints = () => it.kubectl(["get", "node", "node2", "--output=jsonpath={.spec.taints}"]);
    await until("no taint", async () => (await taints()) === "");
    await kubectl("scale deployment/web --replicas=4");
    await kubectl("rollout status deployment/web --timeout=60s");
    expect(await nodesOf(namespace)).toContain("node2");
  });
});
