import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { helm as callHelm, type Finished, orThrow } from "../../charts/helm.ts";
import { ensureBuilt } from "../../cluster/build.ts";
import { shellImage } from "../../cluster/images.ts";
import { tempDir } from "../../support/temp.ts";
import { type Place, place } from "../real-fixture.ts";
import type { Cluster } from "../support.ts";
import { type Look, lookAt } from "./look.ts";
import { type Recorder, startRecorder } from "./recorder.ts";

/** The chart that shows how it is written by hand. */
export const handChart: string = join(import.meta.dirname, "..", "..", "charts", "byhand");
const image = "localhost/sluice-byhand:1";

/** Loads the image of the chart: a shell and kubectl. */
export function loadHandImage(it: Cluster): Promise<void> {
  return it.loadArchive("byhand", async () => {
    const kubectl = readFileSync((await ensureBuilt(["kubernetes"]))("kubectl"));
    const path = join(tempDir(), "byhand.tar");
    writeFileSync(path, shellImage(image, [{ name: "bin/kubectl", content: kubectl, mode: 0o755 }]));
    return path;
  });
}

/** Release `rel` of the chart, in a namespace of its own. */
export interface Hand extends Recorder, Look {
  at: Place;
  /** A call of Helm in the namespace, with the release's values where it takes values; throws where Helm fails. */
  helm(args: readonly string[], values?: object): Promise<Finished>;
  /** The same, of which a failure is told by its status. */
  tryHelm(args: readonly string[], values?: object): Promise<Finished>;
  /** `helm upgrade --install`. */
  upgrade(values?: object, more?: readonly string[]): Promise<void>;
}

/** Takes values of the chart that hold for all calls. */
export async function hand(common: object = {}): Promise<Hand> {
  const [at, recorder] = await Promise.all([place(), startRecorder()]);
  const tryHelm: Hand["tryHelm"] = (args, more) =>
    callHelm("helm4", [...args, "--namespace", at.namespace], {
      kubeconfig: at.it.kubeconfig ?? "",
      ...(more && { values: { image, recorder: recorder.address, replicas: 1, ...common, ...more } }),
    });
  const helm = orThrow(tryHelm);
  return {
    at,
    ...recorder,
    ...(await lookAt(at, "app=rel-web", "wait-for-migration")),
    tryHelm,
    helm,
    upgrade: async (changed = {}, more = []) =>
      void (await helm(["upgrade", "--install", "rel", handChart, ...more], changed)),
  };
}
