import { expect } from "bun:test";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import packageJson from "../../package.json" with { type: "json" };
import { executable, repository } from "../support/executable.ts";
import { tempDir } from "../support/temp.ts";
import type { Place } from "./real-fixture.ts";
import type { Cluster } from "./support.ts";

/** A name that no registry has, so that nothing but what was loaded can run. */
const NAME = "localhost/sluice";

/** The image as containerd knows it, and the one that starts /wait_for.sh. */
export const image: string = `${NAME}:${packageJson.version}`;
export const waitForImage: string = `${image}-wait-for`;

/** Puts the image together as `npm run image` does, quickly, and loads it into all nodes of our own cluster. */
export function loadSluice(it: Cluster): Promise<void> {
  return it.loadArchive("sluice", async () => {
    const outfile = join(tempDir(), "image.tar");
    const args = ["--level", "1", "--name", NAME, "--executable", executable(), "--outfile", outfile];
    const script = join(repository, "scripts", "image.ts");
    const { status, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
    if (status !== 0) throw new Error(`the image cannot be put together: ${stderr}`);
    return outfile;
  });
}

interface Manifest {
  kind?: string;
  metadata: { name: string; namespace?: string };
}

/** The YAML blocks of docs/guides/gate.md, so that what is written there is what runs here. */
function blocks(): string[] {
  const guide = readFileSync(join(repository, "docs", "guides", "gate.md"), "utf8");
  return [...guide.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => text as string);
}

/** The guide's init container, with another image and other arguments. */
export function guidesContainer(args: readonly string[], more: object = {}): object {
  const found = blocks().find((text) => text.includes("initContainers:")) as string;
  // The guide's command is that of an image with the migration files in it.
  const { env: _, command: __, ...container } = parse(found).spec.initContainers[0];
  return { ...container, image, args, ...more };
}

/** The guide's Role and RoleBinding for the Job app-migrate and the ServiceAccount app, in another namespace. */
export function guidesRights(namespace: string): object[] {
  const found = blocks().find((text) => text.includes("kind: Role\n")) as string;
  const text = found.replaceAll("namespace: shop", `namespace: ${namespace}`);
  return parseAllDocuments(text).map((one) => one.toJS() as Manifest);
}

/** A pod that a gate holds back, and that then says so for as long as it is let. */
export function gatedPod(name: string, init: object, main: object, spec: object = {}): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels: { app: name } },
    spec: {
      restartPolicy: "Always",
      terminationGracePeriodSeconds: 1,
      ...spec,
      initContainers: [init],
      containers: [main],
    },
  };
}

/** Expects the container `main` of the pod `app`, which is ready, to write "started" and nothing else: once. */
export async function hasStarted(here: Place): Promise<void> {
  const log = await here.follow("app", "main");
  expect((await log.waitForOutput(/^[\s\S]*\n/))[0]).toBe("started\n");
}
