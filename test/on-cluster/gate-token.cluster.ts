import { beforeAll, describe, expect, test } from "bun:test";
import { setTimeout as sleep } from "node:timers/promises";
import { gatedPod, guidesContainer, guidesRights, loadSluice } from "./image-fixture.ts";
import { job, type Place, place, shell } from "./real-fixture.ts";
import { cluster, isOurs } from "./support.ts";

/**
 * A token that is void and then renewed in a pod. The kubelet's own tokens live for ten minutes at least, so here a
 * Secret is mounted in their place: the kubelet renews its files in the same way, by changing a link.
 */
beforeAll(async () => {
  if (isOurs) await loadSluice(await cluster());
}, 180_000);

const FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";
/** The token that is bound to this Secret is void when it is deleted. */
const HOLDER = "holder";

/** What a pod's account has as files, in a Secret. */
async function account({ kubectl, namespace }: Place, bound: boolean): Promise<object> {
  const holder = bound ? ["--bound-object-kind=Secret", `--bound-object-name=${HOLDER}`] : [];
  const token = (await kubectl("create token app --duration=10m", ...holder)).trim();
  await kubectl("wait configmap/kube-root-ca.crt --for=create --timeout=55s");
  const ca = await kubectl("get configmap kube-root-ca.crt", "--output=jsonpath={.data.ca\\.crt}");
  const stringData = { token, namespace, "ca.crt": ca };
  return { apiVersion: "v1", kind: "Secret", metadata: { name: "account" }, stringData };
}

describe.skipIf(!isOurs)("a gate in a pod", () => {
  test("whose token is void says so, and goes on with the next one in the same container", async () => {
    const here = await place({ "pod-security.kubernetes.io/enforce": "restricted" });
    const { kubectl } = here;
    await kubectl("create serviceaccount app");
    await kubectl(`create secret generic ${HOLDER}`);
    await here.apply(...guidesRights(here.namespace), await account(here, true));
    await kubectl(`delete secret ${HOLDER}`);
    await here.apply(job("app-migrate", shell(here.it, "true")));
    await kubectl("wait job/app-migrate --for=condition=Complete --timeout=55s");

    const mount = { volumeMounts: [{ name: "account", mountPath: FOLDER, readOnly: true }] };
    const gate = guidesContainer(["wait", "job/app-migrate"], mount);
    const volumes = [{ name: "account", secret: { secretName: "account" } }];
    const spec = { serviceAccountName: "app", automountServiceAccountToken: false, volumes };
    await here.apply(gatedPod("app", gate, shell(here.it, "exec sleep 600"), spec));
    await kubectl(
      "wait pod/app --timeout=55s",
      "--for=jsonpath={.status.initContainerStatuses[0].state.running}",
    );
    const log = await here.follow("app", "gate");
    await log.waitForOutput(/the API server does not accept the credentials/);

    await here.apply(await account(here, false));
    // The kubelet looks at a pod's volumes once a minute, and when the pod has changed; it hears of the Secret by
    // another watch, perhaps later.
    const ready = kubectl("wait pod/app --for=condition=Ready --timeout=55s");
    const isReady = ready.then(
      () => true,
      () => true,
    );
    for (let n = 0; !(await Promise.race([isReady, sleep(5000, false)])); n++)
      await kubectl(`annotate pod app renewed=${n} --overwrite`);
    await ready;
    const restarts = "--output=jsonpath={.status.initContainerStatuses[0].restartCount}";
    expect(await kubectl("get pod app", restarts)).toBe("0");
    expect((await log.done).stdout).toContain("job/app-migrate: open after");
  });
});
