import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { baseFiles, programFiles, USER, withFolders } from "../../../scripts/image/files.ts";
import { archive, layer } from "../../../scripts/image/oci.ts";
import type { Entry } from "../../../scripts/image/tar.ts";
import { executable, repository } from "../../support/executable.ts";
import { tempDir } from "../../support/temp.ts";
import type { Cluster } from "../support.ts";

/** Takes the place of registry.example in the guides. A name that no registry has. */
export const registry = "localhost";

const orders = { "20260101000000_orders.sql": "CREATE TABLE orders (id int PRIMARY KEY);" };
const note = { ...orders, "20260201000000_note.sql": "ALTER TABLE orders ADD note text;" };
/** Releases of the shop by their tags, with all migration files of each. The last one is broken. */
export const releases: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "1.4.2": orders,
  "1.4.3": note,
  "1.4.4": { ...note, "20260301000000_paid.sql": "ALTER TABLE nowhere ADD paid boolean;" },
};
export const broken = "1.4.4";

/** Debian's static busybox under the names that the containers call. */
const shell: readonly Entry[] = [
  { path: "bin/busybox", mode: 0o755, content: readFileSync("/bin/busybox") },
  ...["sh", "sleep"].map((name) => ({ path: `bin/${name}`, mode: 0o777, link: "busybox" })),
];

/** Puts the shop's image together, with Sluice, a shell and the migration files in it, and loads it into all nodes. */
export async function loadShopImage(it: Cluster): Promise<void> {
  const fast = (entries: readonly Entry[], comment: string) => layer(withFolders(entries), comment, 1);
  const variants = Object.entries(releases).map(async ([tag, files]) => ({
    reference: `${registry}/shop:${tag}`,
    name: `${registry}/shop:${tag}`,
    entrypoint: ["/bin/sh"],
    layers: [await fast(migrations(files), `migrations of ${tag}`)],
  }));
  const image = archive({
    architecture: "amd64",
    user: USER,
    env: ["PATH=/usr/local/bin:/bin"],
    labels: {},
    created: undefined,
    layers: [
      await layer(baseFiles("linux/amd64"), "Debian's libc6 and ca-certificates", 1),
      await fast(shell, "a shell"),
      await layer(programFiles(executable(), join(repository, "LICENSE")), "sluice", 1),
    ],
    variants: await Promise.all(variants),
  });
  const path = join(tempDir(), "shop.tar");
  writeFileSync(path, image);
  await it.loadImage(path);
}

/** Where the default looks for them, and where docs/guides/strategy-startup.md has them. */
function migrations(files: Readonly<Record<string, string>>): Entry[] {
  return ["migrations", "app/migrations"].flatMap((folder) =>
    Object.entries(files).map(([name, sql]) => ({
      path: `${folder}/${name}`,
      mode: 0o644,
      content: Buffer.from(sql),
    })),
  );
}
