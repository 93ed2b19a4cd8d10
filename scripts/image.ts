// Puts the image together, without a container engine: dist/sluice-VERSION.tar, an OCI archive with two tags.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import packageJson from "../package.json" with { type: "json" };
import { scriptOptions, wrongUsage } from "./build/usage.ts";
import { build } from "./build.ts";
import { baseFiles, type Platform, platforms, programFiles, USER } from "./image/files.ts";
import { archive, layer, type Variant } from "./image/oci.ts";

const root = join(import.meta.dirname, "..");
/** The goal for all compressed layers at the level of a release, in bytes: what a node fetches before its first gate. */
const LARGEST = 45_000_000;
const RELEASE_LEVEL = 19;

const usage = `Usage: npm run image [-- OPTION ...]
  --platform    ${Object.keys(platforms).join(" or ")}; the first unless told
  --level       of zstd, 1 to ${RELEASE_LEVEL} (${RELEASE_LEVEL})
  --name        of the image: ghcr.io/me/sluice (sluice)
  --outfile     dist/sluice-VERSION.tar, on another architecture than amd64 dist/sluice-VERSION-ARCHITECTURE.tar
  --executable  one that is built already, for that platform`;
const values = scriptOptions(
  {
    platform: { type: "string", default: "linux/amd64" },
    level: { type: "string", default: String(RELEASE_LEVEL) },
    name: { type: "string", default: "sluice" },
    outfile: { type: "string" },
    executable: { type: "string" },
  },
  usage,
);
const platform = Object.keys(platforms).find((one) => one === values.platform) as Platform | undefined;
if (platform === undefined) wrongUsage(`there is no platform ${JSON.stringify(values.platform)}`, usage);
const level = Number(values.level);
if (!Number.isInteger(level) || level < 1 || level > RELEASE_LEVEL)
  wrongUsage(`--level is 1 to ${RELEASE_LEVEL}, not ${JSON.stringify(values.level)}`, usage);
if (values.executable !== undefined && !existsSync(values.executable))
  wrongUsage(`there is no executable ${values.executable}`, usage);

const { architecture, target } = platforms[platform];
const { version } = packageJson;
const executable = values.executable ?? build(target, join(root, "dist", `sluice-${target}`));
const layers = await Promise.all([
  layer(baseFiles(platform), "libc6 and ca-certificates of Debian", level),
  layer(programFiles(executable, join(root, "LICENSE")), "sluice", level),
]);
const bytes = layers.reduce((sum, { blob }) => sum + blob.length, 0);

const image = archive({
  architecture,
  user: USER,
  env: [
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt",
  ],
  labels: labels(),
  created: created(),
  layers,
  variants: [variant(version, "/sluice"), variant(`${version}-wait-for`, "/wait_for.sh")],
});
const suffix = architecture === "amd64" ? "" : `-${architecture}`;
const path = values.outfile ?? join(root, "dist", `sluice-${version}${suffix}.tar`);
mkdirSync(dirname(path), { recursive: true });
writeFileSync(path, image);
console.log(`${path}: ${platform}, ${(bytes / 1e6).toFixed(1)} MB compressed (zstd ${level})`);
if (level === RELEASE_LEVEL && bytes > LARGEST)
  console.error(`warning: that is more than the goal of ${LARGEST / 1e6} MB`);

function variant(tag: string, entrypoint: string): Variant {
  const name = `${values.name}:${tag}`;
  // As Docker completes names: a first part without a dot or port is no registry.
  const [first = "", ...rest] = values.name.split("/");
  const registry = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  const prefix = registry ? "" : rest.length > 0 ? "docker.io/" : "docker.io/library/";
  return { reference: `${prefix}${name}`, name, entrypoint: [entrypoint] };
}

/** Annotations that the OCI image specification names. */
function labels(): Record<string, string> {
  const revision = git("rev-parse", "HEAD");
  const source = (packageJson as { repository?: { url?: string } }).repository?.url;
  const all = {
    "org.opencontainers.image.title": "sluice",
    "org.opencontainers.image.description": packageJson.description,
    "org.opencontainers.image.version": version,
    "org.opencontainers.image.licenses": packageJson.license,
    "org.opencontainers.image.source": source?.replace(/^git\+|\.git$/g, ""),
    "org.opencontainers.image.revision": revision,
    "org.opencontainers.image.created": created(),
  };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** SOURCE_DATE_EPOCH (seconds), else the date of the commit, so that the same sources give the same image. */
function created(): string | undefined {
  const seconds = process.env["SOURCE_DATE_EPOCH"] ?? git("log", "-1", "--format=%ct");
  return seconds === undefined
    ? undefined
    : `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}Z`;
}

function git(...args: string[]): string | undefined {
  const { status, stdout } = spawnSync("git", args, { cwd: root, encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}
