import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import type { Entry } from "../../../scripts/image/tar.ts";
import { example, migrationsOf, type Release, releases } from "../../examples/blog.ts";
import { application } from "../../library/fixture.ts";
import { repository } from "../../support/executable.ts";
import { debianLayer, type Images, loadImages, named, quickLayer, sluiceLayer } from "../load-images.ts";
import type { Cluster } from "../support.ts";

/** Names that no registry has, so that nothing but what was loaded can run. */
export const repositoryOfApp = "localhost/test-app";
export const loadImage = "localhost/sluice-load:1";

/** Setting of the database: what the slow migration takes, in seconds. */
export const slowSetting = "test.slow_seconds";
/** Releases with one more migration before v2's, which takes its time and does something that cannot be done twice. */
export const slowVersion = "20260131090000";
const slow: Entry = {
  path: `migrations/${slowVersion}_slow.sql`,
  mode: 0o644,
  content: Buffer.from(
    `CREATE TABLE slow (done bool);
SELECT pg_sleep(coalesce(current_setting('${slowSetting}', true), '8')::float8);
INSERT INTO slow VALUES (true);
`,
  ),
};
const slowReleases = ["v2", "v3"] as const;
export type Tag = Release | `${(typeof slowReleases)[number]}-slow`;

const bun = join(repository, "node_modules", "bun", "bin", "bun.exe");

/** Puts the images of examples/test-app/Dockerfile together, all releases of it, and the load generator's; loads them into all nodes. */
export function loadTestApp(it: Cluster): Promise<void> {
  return loadImages(it, "test-app", testAppImages);
}

async function testAppImages(): Promise<Images> {
  const service = await quickLayer(
    [
      ...folder(join(example, "service", "src"), "app/src"),
      ...folder(join((await application()).folder, "node_modules"), "app/node_modules"),
    ],
    "the service",
  );
  const program = await sluiceLayer();
  const variant = async (release: Release, tag: Tag, more: readonly Entry[]) =>
    named(`${repositoryOfApp}:${tag}`, {
      entrypoint: ["/usr/local/bin/bun", "/app/src/main.ts"],
      env: [`TEST_APP_RELEASE=${release}`],
      layers: [program, service, await quickLayer([...migrations(release), ...more], `migrations of ${tag}`)],
    });
  const variants = await Promise.all([
    ...releases.map((release) => variant(release, release, [])),
    ...slowReleases.map((release) => variant(release, `${release}-slow`, [slow])),
  ]);
  const load = named(loadImage, {
    entrypoint: ["/usr/local/bin/bun", "/load/main.ts"],
    layers: [await quickLayer(folder(join(repository, "test", "load"), "load"), "the load generator")],
  });
  const runtime = { path: "usr/local/bin/bun", mode: 0o755, content: readFileSync(bun) };
  return {
    env: ["PATH=/usr/local/bin:/usr/bin:/bin"],
    layers: [await debianLayer(), await quickLayer([runtime], "bun")],
    variants: [...variants, load],
  };
}

/** The layer of a release: its migration files. */
function migrations(release: Release): Entry[] {
  return [...migrationsOf(release)].map(([name, path]) => ({
    path: `migrations/${name}`,
    mode: 0o644,
    content: readFileSync(path),
  }));
}

/** Without npm's own notes, which name the folder that it installed into: the same sources make the same image. */
function folder(from: string, to: string): Entry[] {
  const files = readdirSync(from, { recursive: true, encoding: "utf8" }).map((name) => join(from, name));
  return files
    .filter((path) => statSync(path).isFile() && !/\.test\.ts$|\/\.package-lock\.json$/.test(path))
    .map((path) => ({ path: join(to, relative(from, path)), mode: 0o644, content: readFileSync(path) }));
}
