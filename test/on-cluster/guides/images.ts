import { readFileSync } from "node:fs";
import type { Entry } from "../../../scripts/image/tar.ts";
import { debianLayer, type Images, loadImages, named, quickLayer, sluiceLayer } from "../load-images.ts";
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
export function loadShopImage(it: Cluster): Promise<void> {
  return loadImages(it, "shop", shopImages);
}

async function shopImages(): Promise<Images> {
  const variants = Object.entries(releases).map(async ([tag, files]) =>
    named(`${registry}/shop:${tag}`, {
      entrypoint: ["/bin/sh"],
      layers: [await quickLayer(migrations(files), `migrations of ${tag}`)],
    }),
  );
  return {
    env: ["PATH=/usr/local/bin:/bin"],
    layers: [await debianLayer(), await quickLayer(shell, "a shell"), await sluiceLayer()],
    variants: await Promise.all(variants),
  };
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
