import { createHash, randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureBuilt } from "../cluster/build.ts";
import { importImage, testImage } from "../cluster/images.ts";
import { kubectl } from "../cluster/kubectl.ts";
import { withLock } from "../cluster/lock.ts";
import { containerdSocket } from "../cluster/node.ts";
import { kubeconfigPath, stateFolder } from "../cluster/paths.ts";
import { onPath } from "../cluster/run.ts";
import { sandboxOf } from "../cluster/sandbox.ts";
import { readState } from "../cluster/state.ts";
import { isUp } from "../cluster/status.ts";
import { cleanUpAfter } from "../support/cleanup.ts";

/**
 * What tests of the folder get: the cluster of `npm run cluster:up`, or the one that `npm run test:cluster -- --context
 * NAME` was given.
 */
export interface Cluster {
  /** Path; undefined where a cluster of the user's is found as kubectl finds it. */
  kubeconfig: string | undefined;
  /** Undefined: the kubeconfig's own. */
  context: string | undefined;
  /** Our own: the test may kill its parts and load images. */
  isOurs: boolean;
  /** A shell with small tools (sh, nc, httpd, nslookup). */
  testImage: string;
  /** Runs kubectl to its end and returns its output; throws when it fails. */
  kubectl(args: readonly string[], input?: string): Promise<string>;
  /** `kubectl apply` of YAML or JSON. */
  apply(namespace: string, manifest: string): Promise<string>;
  /** Makes a fresh namespace, ready for pods, which is removed with the test (outside of a test: with the run). */
  namespace(): Promise<string>;
  /**
   * Loads an archive of images into all nodes of our own cluster. All files of a run of the suite share what the first of
   * them has loaded: where an image is replaced, pods of the others that start just then fail.
   * @param archive its name. @param make gives its path.
   */
  loadArchive(archive: string, make: () => Promise<string>): Promise<void>;
}

const foreignContext = process.env["SLUICE_TEST_CONTEXT"];

/** Whether the cluster is our own, for `describe.skipIf(!isOurs)`: a test that kills a part of it, or has two nodes. */
export const isOurs: boolean = foreignContext === undefined;

/** Label of all namespaces that tests make; its value is the run's. */
export const runLabel = "sluice.dev/test-run";
const byHand = "by-hand";
const run = process.env["SLUICE_TEST_RUN"] ?? byHand;

/** Gives the cluster. Throws where none runs. */
export async function cluster(): Promise<Cluster> {
  const stateDir = stateFolder();
  if (isOurs && !isUp(stateDir))
    throw new Error("no cluster runs: npm run cluster:up, or npm run test:cluster");
  const kubeconfig = isOurs ? kubeconfigPath(stateDir) : undefined;
  const file = !isOurs && onPath("kubectl") ? "kubectl" : (await ensureBuilt(["kubernetes"]))("kubectl");
  const chosen = foreignContext === undefined ? [] : [`--context=${foreignContext}`];
  const call = (args: readonly string[], input?: string) =>
    kubectl(file, kubeconfig, [...chosen, ...args], input);
  return {
    kubeconfig,
    context: foreignContext,
    isOurs,
    testImage: isOurs ? testImage : (process.env["SLUICE_TEST_IMAGE"] ?? "busybox:1.36"),
    kubectl: call,
    apply: (namespace, manifest) => call(["apply", `--namespace=${namespace}`, "--filename=-"], manifest),
    async namespace() {
      const name = `sluice-test-${randomBytes(4).toString("hex")}`;
      const labels = { [runLabel]: run };
      cleanUpAfter(
        async () => void (await call(["delete", "namespace", name, "--wait=false", "--ignore-not-found"])),
      );
      await call(
        ["create", "--filename=-"],
        JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels } }),
      );
      // A pod that comes before it is refused.
      await call(["wait", "serviceaccount/default", `--namespace=${name}`, "--for=create", "--timeout=60s"]);
      return name;
    },
    async loadArchive(archive, make) {
      const nodes = isOurs ? (readState(stateDir)?.nodes ?? 0) : 0;
      if (nodes === 0) throw new Error("images are loaded into our own cluster only");
      const notes = Array.from({ length: nodes }, (_, index) =>
        join(sandboxOf(stateDir, index + 1).dir, `loaded-${archive}`),
      );
      const noted = (note: string) => (existsSync(note) ? readFileSync(note, "utf8").split(" ") : []);
      // Two at once of the same layers fail now and then: "parent snapshot does not exist".
      await withLock(join(stateDir, "images.lock"), async () => {
        if (run !== byHand && notes.every((note) => noted(note)[1] === run)) return;
        const path = await make();
        const digest = createHash("sha256").update(readFileSync(path)).digest("hex");
        for (const [index, note] of notes.entries()) {
          if (noted(note)[0] !== digest) importImage(containerdSocket(stateDir, index + 1), path);
          writeFileSync(note, `${digest} ${run}`);
        }
      });
    },
  };
}
