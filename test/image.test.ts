import { beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import packageJson from "../package.json" with { type: "json" };
import { tar } from "../scripts/image/tar.ts";
import { executable, repository } from "./support/executable.ts";
import { tempDir } from "./support/temp.ts";

const { version } = packageJson;
const digestOf = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");

/** The C library of the image is Debian's. */
const canBuild = process.platform === "linux" && process.arch === "x64" && existsSync("/usr/bin/dpkg-deb");

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  annotations?: Record<string, string>;
}

/** Unpacked with tar(1), a reader that is not ours. */
function unpack(archive: Uint8Array): string {
  const folder = tempDir({}, "run");
  const { status, stderr } = spawnSync("tar", ["-x", "--no-same-owner", "-C", folder], { input: archive });
  if (status !== 0) throw new Error(String(stderr));
  return folder;
}

function makeImage(): Buffer {
  const outfile = join(tempDir({}, "run"), "image.tar");
  const args = ["scripts/image.ts", "--level", "1", "--executable", executable(), "--outfile", outfile];
  const env = { ...process.env, SOURCE_DATE_EPOCH: "1767225600" };
  const { status, stderr, stdout } = spawnSync(process.execPath, args, {
    cwd: repository,
    env,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stdout + stderr);
  return readFileSync(outfile);
}

describe.skipIf(!canBuild)("the image", () => {
  let archive: Buffer;
  let folder: string;
  /** The file system of the image. */
  let root: string;
  const read = (path: string) => readFileSync(join(folder, path));
  const json = (path: string) => JSON.parse(String(read(path)));
  const blob = ({ digest }: Descriptor) => `blobs/${digest.replace(":", "/")}`;
  const images = (): Descriptor[] => json("index.json").manifests;

  beforeAll(() => {
    archive = makeImage();
    folder = unpack(archive);
    const layers: Descriptor[] = json(blob(images()[0] as Descriptor)).layers;
    root = unpack(zstdDecompressSync(read(blob(layers[0] as Descriptor))));
    for (const layer of layers.slice(1)) {
      const input = zstdDecompressSync(read(blob(layer)));
      expect(spawnSync("tar", ["-x", "--no-same-owner", "-C", root], { input }).status).toBe(0);
    }
  });

  test("is an OCI image layout with two tags, every blob under its own digest, and nothing beside", () => {
    expect(json("oci-layout")).toEqual({ imageLayoutVersion: "1.0.0" });
    expect(images().map(({ annotations }) => annotations)).toEqual(
      [version, `${version}-wait-for`].map((tag) => ({
        "io.containerd.image.name": `docker.io/library/sluice:${tag}`,
        "org.opencontainers.image.ref.name": tag,
      })),
    );
    const named = new Set<string>();
    for (const image of images()) {
      const { config, layers } = json(blob(image));
      for (const one of [image, config, ...layers] as Descriptor[]) {
        const content = read(blob(one));
        expect([`sha256:${digestOf(content)}`, content.length]).toEqual([one.digest, one.size]);
        named.add(blob(one));
      }
    }
    const { stdout } = spawnSync("tar", ["-t"], { input: archive, encoding: "utf8" });
    expect(
      stdout
        .split("\n")
        .filter((name) => /^blobs\/sha256\/./.test(name))
        .sort(),
    ).toEqual([...named].sort());
  });

  test("the tags share their layers and differ in what they start", () => {
    const [one, two] = images().map((image) => json(blob(image)));
    expect(one.layers).toEqual(two.layers);
    const configs = [one, two].map((manifest) => json(blob(manifest.config)));
    expect(configs.map(({ config }) => config.Entrypoint)).toEqual([["/sluice"], ["/wait_for.sh"]]);
    for (const { config, architecture, os, rootfs, created } of configs) {
      expect([config.User, architecture, os, created]).toEqual([
        "65532:65532",
        "amd64",
        "linux",
        "2026-01-01T00:00:00Z",
      ]);
      expect(config.Labels).toMatchObject({
        "org.opencontainers.image.version": version,
        "org.opencontainers.image.licenses": "Apache-2.0",
      });
      const layers = (one.layers as Descriptor[]).map((layer) => zstdDecompressSync(read(blob(layer))));
      expect(rootfs.diff_ids).toEqual(layers.map((layer) => `sha256:${digestOf(layer)}`));
    }
  });

  test("docker load finds its own description of both", () => {
    const described = json("manifest.json");
    expect(described.map(({ RepoTags }: { RepoTags: string[] }) => RepoTags[0])).toEqual([
      `sluice:${version}`,
      `sluice:${version}-wait-for`,
    ]);
    for (const { Config, Layers } of described)
      for (const path of [Config, ...Layers]) expect(existsSync(join(folder, path))).toBe(true);
  });

  test("holds what the executable needs, and no shell", () => {
    const { stdout } = spawnSync("find", [root, "-type", "f", "-perm", "/111"], { encoding: "utf8" });
    const programs = stdout
      .trim()
      .split("\n")
      .map((path) => path.slice(root.length + 1));
    expect(programs.filter((path) => !/^lib(64)?\//.test(path))).toEqual(["sluice"]);
    expect(lstatSync(join(root, "tmp")).mode & 0o7777).toBe(0o1777);
    expect(readFileSync(join(root, "etc/passwd"), "utf8")).toContain("nonroot:x:65532:65532:");
    const roots = readFileSync(join(root, "etc/ssl/certs/ca-certificates.crt"), "utf8");
    expect(roots.match(/-----BEGIN CERTIFICATE-----/g)?.length).toBeGreaterThan(100);
  });

  test("its executable runs with the libraries of the image, under both names", () => {
    const libraries = join(root, "lib/x86_64-linux-gnu");
    const started = spawnSync(
      join(root, "lib64/ld-linux-x86-64.so.2"),
      ["--library-path", libraries, "--argv0", "/wait_for.sh", join(root, "sluice")],
      { encoding: "utf8" },
    );
    expect(started.stdout).toContain("wait_for.sh job ");
    expect(started.status).toBe(1);
    const loader = [join(root, "lib64/ld-linux-x86-64.so.2"), "--library-path", libraries];
    const shown = spawnSync(loader[0] as string, [...loader.slice(1), join(root, "sluice"), "--version"], {
      encoding: "utf8",
    });
    expect([shown.stdout, shown.status]).toEqual([`sluice ${version}\n`, 0]);
  });

  test("the same inputs give the same bytes", () => {
    expect(digestOf(makeImage())).toBe(digestOf(archive));
  });
});

test("wait_for.sh is the executable called by that name", () => {
  const folder = tempDir();
  const link = join(folder, "wait_for.sh");
  spawnSync("ln", ["-s", executable(), link]);
  const usage = spawnSync(link, [], { encoding: "utf8" });
  expect([usage.status, usage.stderr]).toEqual([1, ""]);
  expect(usage.stdout).toContain("wait_for.sh job-we ");
  const unknown = spawnSync(link, ["jobs", "x"], { encoding: "utf8" });
  expect([unknown.status, unknown.stdout, unknown.stderr]).toEqual([
    1,
    "",
    expect.stringMatching(/^ERROR: Unknown resource type: jobs\nnext: write `wait_for.sh job NAME` /),
  ]);
});

test("wait_for.sh ends with 1 on a kubeconfig that cannot be used, and names file, line and key", () => {
  const kubeconfig = [
    "clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]",
    "users: [{name: u, user: {client-certificate-data: AAAA, client-key-data: AAAA}}]",
    "contexts: [{name: x, context: {cluster: c, user: u}}]",
    "current-context: x",
  ].join("\n");
  const folder = tempDir({ kubeconfig });
  spawnSync("ln", ["-s", executable(), join(folder, "wait_for.sh")]);
  const env = { ...process.env, KUBECONFIG: join(folder, "kubeconfig") };
  const { status, stderr } = spawnSync(join(folder, "wait_for.sh"), ["job", "m"], { env, encoding: "utf8" });
  expect(status).toBe(1);
  expect(stderr).toStartWith(
    `error: client-certificate-data: it holds no certificate in PEM form (SL7010)\n--> ${env.KUBECONFIG}:2\n`,
  );
});

test("an archive is sorted, as old as the epoch, and belongs to root", () => {
  const content = Buffer.from("hello");
  const entries = [
    { path: "z", mode: 0o644, content },
    { path: "a", mode: 0o1777 },
    { path: "l", mode: 0o777, link: "z" },
  ];
  const archive = tar(entries);
  expect(archive.equals(tar([...entries].reverse()))).toBe(true);
  const path = join(tempDir(), "x.tar");
  writeFileSync(path, archive);
  const args = ["-tvf", path, "--numeric-owner", "--utc"];
  const { stdout } = spawnSync("tar", args, { encoding: "utf8", env: { ...process.env, LC_ALL: "C" } });
  expect(stdout.replace(/ +/g, " ")).toBe(
    "drwxrwxrwt 0/0 0 1970-01-01 00:00 a/\nlrwxrwxrwx 0/0 0 1970-01-01 00:00 l -> z\n-rw-r--r-- 0/0 5 1970-01-01 00:00 z\n",
  );
  expect(() => tar([{ path: "x".repeat(101), mode: 0o644, content }])).toThrow("too long");
});
