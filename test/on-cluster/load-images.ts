import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { baseFiles, programFiles, USER, withFolders } from "../../scripts/image/files.ts";
import { archive, type Layer, layer, type Variant } from "../../scripts/image/oci.ts";
import type { Entry } from "../../scripts/image/tar.ts";
import { executable, repository } from "../support/executable.ts";
import { tempDir } from "../support/temp.ts";
import type { Cluster } from "./support.ts";

/** A layer that is made quickly; how small it is does not matter. */
export function quickLayer(entries: readonly Entry[], comment = "for a test"): Promise<Layer> {
  return layer(withFolders(entries), comment, 1);
}

/** The layers of our own image: Debian's C library, and the executable. */
export const debianLayer = (): Promise<Layer> => quickLayer(baseFiles("linux/amd64"), "Debian's libc6");
export const sluiceLayer = (): Promise<Layer> =>
  quickLayer(programFiles(executable(), join(repository, "LICENSE")), "sluice");

/** An image by its full name, as containerd and people have it. */
export function named(name: string, rest: Omit<Variant, "reference" | "name">): Variant {
  return { reference: name, name, ...rest };
}

/** Images that share their lowest layers. */
export interface Images {
  env?: string[];
  layers: Layer[];
  variants: Variant[];
}

/**
 * Puts images into one archive, and loads it into all nodes.
 * @param name of the archive; one for each set of images. @param make is called by the first file of a run only.
 */
export function loadImages(it: Cluster, name: string, make: () => Promise<Images>): Promise<void> {
  return it.loadArchive(name, async () => {
    const path = join(tempDir(), `${name}.tar`);
    const shared = { architecture: "amd64", user: USER, labels: {}, created: undefined };
    writeFileSync(path, archive({ ...shared, env: [], ...(await make()) }));
    return path;
  });
}
