import { type Finished, helm, orThrow } from "../../charts/helm.ts";
import { type Blog, makeBlog } from "../../examples/blog.ts";
import { testAppChart } from "../../examples/chart.ts";
import { urlForPods } from "../forward.ts";
import { type Place, place } from "../real-fixture.ts";
import { secondsOf } from "./figures.ts";
import { repositoryOfApp, slowSetting, type Tag } from "./images.ts";
import { type Load, startLoad } from "./load.ts";

/** The Deployments of the release `test-app`. */
export const api = "test-app-api";
export const handler = "test-app-service";

/** Labels of the pods of the API, and of the Job that migrates and its pods. */
export const API = `app.kubernetes.io/name=${api}`;
export const MIGRATION = "app.kubernetes.io/component=migration";

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
    async contracted() {
      // Helm removes the Job of the release before in the background.
      const jobs = "get jobs -l app.kubernetes.io/component=contract --sort-by=.metadata.creationTimestamp";
      const name = await at.kubectl(jobs, "--output=jsonpath={.items[-1:].metadata.name}");
      await at.kubectl(`wait job/${name} --for=condition=Complete --timeout=120s`);
    },
    startLoad: () => startLoad(at, api),
    async slowDown(seconds) {
      await blog.query(`ALTER DATABASE blog SET ${slowSetting} = '${seconds}'`);
    },
  };
}

function secret(name: string, url: string): object {
  return { apiVersion: "v1", kind: "Secret", metadata: { name }, stringData: { url } };
}
