import { beforeAll, describe, expect, test } from "bun:test";
import { gatedPod, hasStarted, loadSluice, waitForImage } from "./image-fixture.ts";
import { job, letGo, type Place, place, shell, untilLetGo } from "./real-fixture.ts";
import { cluster, isOurs } from "./support.ts";

/** The image that takes the place of k8s-wait-for, in an init container as its users wrote it. */
beforeAll(async () => {
  if (isOurs) await loadSluice(await cluster());
}, 180_000);

const restricted = { "pod-security.kubernetes.io/enforce": "restricted" };

/** As in k8s-wait-for's README: a name, an image and two arguments; and what `restricted` asks for. */
function waitFor(here: Place, args: readonly string[]): object {
  const { securityContext } = shell(here.it, "") as { securityContext: object };
  return { name: "wait-for", image: waitForImage, args, securityContext };
}

async function rights({ kubectl }: Place, verbs: string): Promise<void> {
  await kubectl("create serviceaccount app");
  await kubectl(`create role app --verb=${verbs} --resource=jobs,pods,services`);
  await kubectl("create rolebinding app --role=app", `--serviceaccount=${await name(kubectl)}:app`);
}

const name = async (kubectl: Place["kubectl"]): Promise<string> =>
  kubectl("get serviceaccount default", "--output=jsonpath={.metadata.namespace}");

/** A pod waits for a Job; returns what its gate wrote. */
async function waitsForJob(here: Place): Promise<string> {
  await here.apply(job("migrate", shell(here.it, untilLetGo)));
  // By the Job: its pod may not be there yet, and kubectl does not wait for what is not.
  await here.kubectl("wait job/migrate --timeout=55s", "--for=jsonpath={.status.ready}=1");
  const main = shell(here.it, "echo started; exec sleep 600");
  await here.apply(gatedPod("app", waitFor(here, ["job", "migrate"]), main, { serviceAccountName: "app" }));
  const running = "--for=jsonpath={.status.initContainerStatuses[0].state.running}";
  await here.kubectl("wait pod/app --timeout=55s", running);
  const log = await here.follow("app", "wait-for");
  await log.waitForOutput(/the Job is running/);
  await log.waitForOutput(/Waiting for job migrate\.\.\./);
  expect(await here.kubectl("get pod app")).toContain("Init:0/1");
  await letGo(here, "job/migrate");
  await here.kubectl("wait pod/app --for=condition=Ready --timeout=55s");
  await hasStarted(here);
  const restarts = "--output=jsonpath={.status.initContainerStatuses[0].restartCount}";
  expect(await here.kubectl("get pod app", restarts)).toBe("0");
  return (await log.done).stdout;
}

describe.skipIf(!isOurs).concurrent("wait_for.sh in a pod", () => {
  test("with a Role of get, list and watch", async () => {
    const here = await place(restricted);
    await rights(here, "get,list,watch");
    expect(await waitsForJob(here)).toMatch(/\] job migrate is ready\.\n/);
  });

  test("with a Role of get alone, which k8s-wait-for's users have", async () => {
    const here = await place(restricted);
    await rights(here, "get");
    expect(await waitsForJob(here)).toMatch(/\] job migrate is ready\.\n/);
  });

  test("for the pods behind a service", async () => {
    const here = await place(restricted);
    await rights(here, "get,list,watch");
    const main = shell(here.it, "exec sleep 600");
    await here.apply(
      gatedPod("app", waitFor(here, ["service", "web"]), main, { serviceAccountName: "app" }),
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "web" },
        spec: { selector: { app: "web" }, ports: [{ port: 80 }] },
      },
    );
    await here.kubectl(
      "wait pod/app --timeout=55s",
      "--for=jsonpath={.status.initContainerStatuses[0].state.running}",
    );
    const log = await here.follow("app", "wait-for");
    await log.waitForOutput(/no pod is behind the service web yet/);
    const web = gatedPod("web", { ...shell(here.it, "true"), name: "first" }, main);
    await here.apply(web);
    await here.kubectl("wait pod/app --for=condition=Ready --timeout=55s");
    expect((await log.done).stdout).toMatch(/\] service web is ready\.\n/);
  });
});
