import { beforeAll, describe, expect, test } from "bun:test";
import { until as eventually } from "../cluster/readiness.ts";
import { memoryOf } from "./cgroup.ts";
import { gatedPod, guidesContainer, guidesRights, hasStarted, loadSluice } from "./image-fixture.ts";
import { job, letGo, type Place, place, shell, until, untilLetGo } from "./real-fixture.ts";
import { cluster, isOurs } from "./support.ts";

/** Our own image as an init container, in namespaces where only PodSecurity `restricted` is admitted. */
beforeAll(async () => {
  if (isOurs) await loadSluice(await cluster());
}, 180_000);

const restricted = { "pod-security.kubernetes.io/enforce": "restricted" };
const account = (name: string) => ({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name } });
const MiB = 1024 * 1024;

const main = ({ it }: Place) => shell(it, "echo started; exec sleep 600");
/** Runs until it is let go. */
const migrate = ({ it }: Place) => job("app-migrate", shell(it, untilLetGo));

const field = ({ kubectl }: Place, object: string, path: string): Promise<string> =>
  kubectl(`get ${object}`, `--output=jsonpath={${path}}`);

/** Waits until the Job runs, and lets it end. */
async function finish(here: Place): Promise<void> {
  // By the Job: its pod may not be there yet, and kubectl does not wait for what is not.
  await until(here, "job/app-migrate", ".status.ready", "1");
  await letGo(here, "job/app-migrate");
}

const ready = ({ kubectl }: Place, pod: string) =>
  kubectl(`wait pod/${pod} --for=condition=Ready --timeout=55s`);

describe.skipIf(!isOurs).concurrent("a gate in a pod", () => {
  test("under PodSecurity restricted, as the guide has it: waits with its Job, opens with it, in 64 MiB", async () => {
    const here = await place(restricted);
    await here.apply(account("app"), ...guidesRights(here.namespace), migrate(here));
    const gate = guidesContainer(["wait", "job/app-migrate"]);
    expect(gate).toMatchObject({
      securityContext: { runAsNonRoot: true, readOnlyRootFilesystem: true },
      resources: { limits: { memory: "64Mi" } },
    });
    await here.apply(gatedPod("app", gate, main(here), { serviceAccountName: "app" }));
    await here.kubectl(
      "wait pod/app --timeout=55s",
      "--for=jsonpath={.status.initContainerStatuses[0].state.running}",
    );
    const log = await here.follow("app", "gate");
    await log.waitForOutput(/waiting for job\/app-migrate: the Job is running/);
    expect(await field(here, "pod/app", ".status.containerStatuses[0].state.waiting.reason")).toBe(
      "PodInitializing",
    );
    expect(await here.kubectl("get pod app")).toContain("Init:0/1");
    const id = (await field(here, "pod/app", ".status.initContainerStatuses[0].containerID")).split(
      "//",
    )[1] as string;
    const memory = memoryOf(id);
    await finish(here);
    await ready(here, "app");
    const state = JSON.parse(await field(here, "pod/app", ".status.initContainerStatuses[0]"));
    expect(state).toMatchObject({
      restartCount: 0,
      state: { terminated: { exitCode: 0, reason: "Completed" } },
    });
    expect(state.state.terminated.message).toBeUndefined();
    expect((await log.done).stdout).toMatch(/job\/app-migrate: open after [\d.]+s/);
    // Whole seconds, both of them; and the kubelet looks once a second.
    const completed = Date.parse(await field(here, "job/app-migrate", ".status.completionTime"));
    const late = Date.parse(state.state.terminated.finishedAt) - completed;
    expect(late).toBeLessThanOrEqual(10_000);
    await hasStarted(here);
    const used = Object.entries(memory ?? {}).map(([key, value]) => `${key} ${(value / MiB).toFixed(1)} MiB`);
    console.log(`gate in a pod: ${used.join(", ")}; ended ${late / 1000} s after the Job's completionTime`);
    expect(memory?.anonymous).toBeLessThan(40 * MiB);
  });

  test("without the Role: what it prints in its log opens it, applied as it is", async () => {
    const here = await place(restricted);
    await here.apply(account("app"), job("app-migrate", shell(here.it, "true")));
    const pod = gatedPod("app", guidesContainer(["wait", "job/app-migrate"]), main(here), {
      serviceAccountName: "app",
    });
    await here.apply(pod);
    await here.kubectl(
      "wait pod/app --timeout=55s",
      "--for=jsonpath={.status.initContainerStatuses[0].state.running}",
    );
    const log = await here.follow("app", "gate");
    const yaml = /(apiVersion: rbac[\s\S]*?- \{ kind: ServiceAccount, name: "app", .*\})\n/;
    const [, role] = await log.waitForOutput(yaml);
    await here.it.apply(here.namespace, role as string);
    await ready(here, "app");
    const { stdout } = await log.done;
    expect(log.output).toContain("cannot list resource");
    expect(stdout).not.toContain("is open");
    expect(await field(here, "pod/app", ".status.initContainerStatuses[0].restartCount")).toBe("0");
  });

  test("without a token: an address needs none; a Job ends it with status 2 and the reason", async () => {
    const here = await place(restricted);
    const spec = { automountServiceAccountToken: false };
    const [tcp, of] = [
      guidesContainer(["wait", "tcp://kubernetes.default:443"]),
      guidesContainer(["wait", "job/x"]),
    ];
    await here.apply(gatedPod("tcp", tcp, main(here), spec), gatedPod("job", of, main(here), spec));
    await ready(here, "tcp");
    const last = ".status.initContainerStatuses[0].lastState.terminated";
    await until(here, "pod/job", `${last}.exitCode`, "2");
    const described = await here.kubectl("describe pod job");
    expect(described).toContain("SL7011");
    // It is tried again and again: the log is that of the newest container, which may not have written yet.
    const log = () => here.kubectl("logs job --container=gate");
    await eventually("its error", async () => /error SL7011: .*token/.test(await log()));
  });

  test("that is ended while it waits says in its termination message what for", async () => {
    const here = await place(restricted);
    await here.apply(account("app"), ...guidesRights(here.namespace));
    const gate = guidesContainer(["wait", "job/app-migrate", "--timeout", "15s"]);
    await here.apply(
      gatedPod("app", gate, main(here), { serviceAccountName: "app", restartPolicy: "Never" }),
    );
    await until(here, "pod/app", ".status.phase", "Failed");
    const path = ".status.initContainerStatuses[0].state.terminated";
    const { exitCode, message } = JSON.parse(await field(here, "pod/app", path));
    expect([exitCode, JSON.parse(message)]).toEqual([
      124,
      expect.objectContaining({
        code: "SL5001",
        message: expect.stringContaining("there is no Job app-migrate"),
      }),
    ]);
    expect(await here.kubectl("describe pod app")).toContain("there is no Job app-migrate");
  });

  test("that is killed while it waits: the same, from the signal's exit", async () => {
    const here = await place(restricted);
    await here.apply(account("app"), ...guidesRights(here.namespace));
    const spec = { serviceAccountName: "app", terminationGracePeriodSeconds: 60 };
    await here.apply(gatedPod("app", guidesContainer(["wait", "job/app-migrate"]), main(here), spec));
    await here.kubectl(
      "wait pod/app --timeout=55s",
      "--for=jsonpath={.status.initContainerStatuses[0].state.running}",
    );
    const log = await here.follow("app", "gate");
    await log.waitForOutput(/there is no Job app-migrate/);
    const asked = Date.now();
    await here.kubectl("patch pod app --patch", '{"spec":{"activeDeadlineSeconds":1}}');
    const path = ".status.initContainerStatuses[0].state.terminated";
    await until(here, "pod/app", `${path}.exitCode`, "143");
    const { message, finishedAt } = JSON.parse(await field(here, "pod/app", path));
    expect(JSON.parse(message).hint).toMatch(
      /^It was still waiting for job\/app-migrate: there is no Job app-migrate/,
    );
    // Not when its grace period is over.
    expect(Date.parse(finishedAt) - asked).toBeLessThan(50_000);
  });
});
