import { type Finished, helm, orThrow } from "../../charts/helm.ts";
import { type Blog, makeBlog } from "../../examples/blog.ts";
import { testAppChart } from "../../examples/chart.ts";
import { urlForPods } from "../forward.ts";
import { newestJob } from "../newest-job.ts";
import { type Place, place } from "../real-fixture.ts";
import { secondsOf } from "./figures.ts";
import { repositoryOfApp, slowSetting, type Tag } from "./images.ts";
import { type Load, startLoad } from "./load.ts";

/** The Deployments of the release `test-app`. */
export const api = "test-app-api";
export const handler = "test-app-service";

/** Labels of the pods of the API, and of the Jobs that migrate and their pods. */
export const API = `app.kubernetes.io/name=${api}`;
export const MIGRATION = "app.kubernetes.io/component=migration";
export const CONTRACT = "app.kubernetes.io/component=contract";

/** The example application as a team deploys it, in a namespace and on a database of its own. */
export interface TestApp {
  at: Place;
  blog: Blog;
  chart: string;
  /** `helm upgrade --install` of a release, with further options. Throws where Helm fails. */
  upgrade(release: Tag, options?: readonly string[]): Promise<void>;
  /** The same, until all pods of both Deployments are new and ready. @returns seconds. */
  rollOut(release: Tag, options?: readonly string[]): Promise<number>;
  /** Any call of Helm in the namespace. */
  helm(args: readonly string[], values?: object): Promise<Finished>;
  /** Waits until all pods of both Deployments are those of the newest template, and ready. */
  rolledOut(): Promise<void>;
  /** Waits until a Deployment has so many ready replicas: whoever answers a probe late is not ready for a moment. */
  haveReady(deployment: string, replicas: number): Promise<void>;
  /** Waits until the contract Job of the newest release is Complete. */
  contracted(): Promise<void>;
  startLoad(): Promise<Load>;
  /** How long the slow migration takes in runs that begin from now on. */
  slowDown(seconds: number): Promise<void>;
}

/** Makes namespace, database and Secrets; deploys nothing yet. @param values of the chart, for each release. */
export async function testApp(values: object = {}): Promise<TestApp> {
  const at = await place({ "pod-security.kubernetes.io/enforce": "restricted" });
  const blog = await makeBlog();
  await at.apply(
    secret("test-app-migrator", await urlForPods(blog.migrator)),
    secret("test-app-database", await urlForPods(blog.application)),
  );
  const chart = testAppChart();
  const call: TestApp["helm"] = (args, given) =>
    helm("helm4", [...args, "--namespace", at.namespace], {
      kubeconfig: at.it.kubeconfig ?? "",
      ...(given && { values: given }),
    });
  const rolledOut = async () => {
    await Promise.all(
      [api, handler].map((name) => at.kubectl(`rollout status deployment/${name} --timeout=170s`)),
    );
  };
  const upgrade: TestApp["upgrade"] = async (release, options = []) => {
    const image = [
      "--set-string",
      `global.image.tag=${release}`,
      "--set",
      `global.image.repository=${repositoryOfApp}`,
    ];
    await orThrow(call)(["upgrade", "--install", "test-app", chart, ...image, ...options], values);
  };
  return {
    at,
    blog,
    chart,
    upgrade,
    rollOut: (...args) =>
      secondsOf(async () => {
        await upgrade(...args);
        await rolledOut();
      }),
    helm: call,
    rolledOut,
    async haveReady(deployment, replicas) {
      const ready = `--for=jsonpath={.status.readyReplicas}=${replicas}`;
      await at.kubectl(`wait deployment/${deployment} ${ready} --timeout=30s`);
    },
    async contracted() {
      const name = await newestJob(at, CONTRACT);
      await at.kubectl(`wait job/${name} --for=condition=Complete --timeout=120s`);
    },
    startLoad: () => startLoad(at, api),
    async slowDown(seconds) {
      await blog.query(`ALTER DATABASE blog SET ${slowSetting} = '${seconds}'`);
    },
  };
}

/** The first new pod of a roll-out of the API, which its gate holds back, as soon as that gate runs. */
export async function heldPod({ at }: TestApp): Promise<string> {
  await at.kubectl(`wait deployment/${api} --for=jsonpath={.status.updatedReplicas}=1 --timeout=60s`);
  const name = await at.kubectl(
    `get pods --selector=${API} --field-selector=status.phase=Pending`,
    "--output=jsonpath={.items[0].metadata.name}",
  );
  const started = "--for=jsonpath={.status.initContainerStatuses[0].started}=true";
  await at.kubectl(`wait pod/${name} ${started} --timeout=60s`);
  return name;
}

function secret(name: string, url: string): object {
  return { apiVersion: "v1", kind: "Secret", metadata: { name }, stringData: { url } };
}
