import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { dbmate } from "../../bench/peers/dbmate.ts";
import { debianPackage } from "../../scripts/image/debian.ts";
import type { Layer, Variant } from "../../scripts/image/oci.ts";
import type { Entry } from "../../scripts/image/tar.ts";
import { cleanUpAfter } from "../support/cleanup.ts";
import { executable } from "../support/executable.ts";
import { startProgram } from "../support/run.ts";
import { debianLayer, loadImages, named, quickLayer } from "./load-images.ts";
import type { Cluster } from "./support.ts";

/**
 * Images as a team has them that never heard of Sluice: dbmate with its migrations, on the C library of Debian or of
 * Alpine. Tags 1 to 3 are releases, each with one migration more. In `copied` Sluice was put into release 1 by COPY.
 */
export const libraries = ["glibc", "musl"] as const;
export type Library = (typeof libraries)[number];
export const foreignImage = (library: Library): string => `localhost/sluice-foreign-${library}`;
export const copied = "1-copied";
/** dbmate and nothing else, as images from scratch are. */
export const bareImage = "localhost/sluice-foreign-bare:1";

/** What the team starts to migrate, by its path: the images have no PATH. */
export const command: readonly string[] = [
  "/usr/local/bin/dbmate",
  "--no-dump-schema",
  "--migrations-dir=/db/migrations",
  "migrate",
];

/**
 * Puts the images together and loads them into all nodes. For one file of tests: the next would have another folder.
 * @returns where Sluice lies in the images that have it.
 */
export async function loadForeign(it: Cluster): Promise<Record<Library, string>> {
  const own = await installed();
  const where = { glibc: "/usr/local/bin/sluice", musl: join(own, "sluice") };
  const migrations = await Promise.all([1, 2, 3].map((release) => quickLayer(migrationsOf(release))));
  const bases = { glibc: await debianLayer(), musl: await quickLayer(alpineFiles()) };
  const sluice = {
    glibc: await quickLayer([program(where.glibc.slice(1), executable())]),
    musl: await quickLayer(folderFiles(own)),
  };
  const variants = libraries.flatMap((library) => {
    const tagged = (tag: string, layers: readonly Layer[]) =>
      variant(`${foreignImage(library)}:${tag}`, [bases[library], ...layers]);
    return [
      ...migrations.map((files, index) => tagged(`${index + 1}`, [files])),
      tagged(copied, [...migrations.slice(0, 1), sluice[library]]),
    ];
  });
  await loadImages(it, "foreign", async () => ({
    layers: [await quickLayer([program("usr/local/bin/dbmate", dbmate.obtain(""))])],
    variants: [...variants, variant(bareImage, [])],
  }));
  return where;
}

/** The folder of `sluice install`, as a Dockerfile would COPY it: to the same path. Not below /tmp, where pods mount a volume. */
async function installed(): Promise<string> {
  const folder = mkdtempSync("/var/tmp/sluice-test-");
  cleanUpAfter(() => rmSync(folder, { recursive: true, force: true }));
  const { code, stderr } = await (await startProgram(executable(), ["install", folder])).done;
  if (code !== 0) throw new Error(stderr);
  return folder;
}

/** What of Alpine can be had here: musl's loader, which is its C library too, and a static busybox; nothing of glibc. */
function alpineFiles(): Entry[] {
  const musl = join(debianPackage("musl", "amd64").folder, "lib/ld-musl-x86_64.so.1");
  return [
    program("lib/ld-musl-x86_64.so.1", realpathSync(musl)),
    program("bin/busybox", "/bin/busybox"),
    { path: "bin/sh", mode: 0o777, link: "busybox" },
    { path: "tmp", mode: 0o1777 },
  ];
}

/** A statement that cannot be repeated unseen: each run of a migration leaves a row. */
function migrationsOf(release: number): Entry[] {
  return Array.from({ length: release }, (_, index) => {
    const create = "CREATE TABLE IF NOT EXISTS done (migration int);";
    const text = `-- migrate:up\n${create}\nINSERT INTO done VALUES (${index + 1});\n-- migrate:down\n`;
    return { path: `db/migrations/${index + 1}_one.sql`, mode: 0o644, content: Buffer.from(text) };
  });
}

function folderFiles(folder: string): Entry[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  return files
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((path) => program(path.slice(1), path));
}

function variant(name: string, layers: readonly Layer[]): Variant {
  return named(name, { entrypoint: command, layers });
}

function program(path: string, from: string): Entry {
  return { path, mode: 0o755, content: readFileSync(from) };
}
