import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.ts";
import { type TarEntry, tar } from "./tar.ts";

/** The sandbox of every pod; and a shell with small tools, for tests. Neither is pulled from anywhere. */
export const pauseImage = "localhost/sluice-pause:1";
export const testImage = "localhost/sluice-test:1";

/** Not wget: it crashes in a static glibc's getaddrinfo. */
const applets = [
  ...[
    "sh",
    "sleep",
    "cat",
    "echo",
    "date",
    "env",
    "id",
    "ls",
    "true",
    "false",
    "test",
    "printf",
    "kill",
    "touch",
  ],
  ...["nslookup", "httpd", "nc", "hostname", "grep", "sed", "seq", "mkdir", "rm", "ps", "tail", "head", "wc"],
];

/** Puts both images together as docker-archives. Returns their paths by name. */
export function buildImages(folder: string): Readonly<Record<string, string>> {
  mkdirSync(folder, { recursive: true });
  const images = {
    [pauseImage]: archive(pauseImage, tools(), { Entrypoint: ["/bin/sleep", "2147483647"] }),
    [testImage]: shellImage(testImage),
  };
  return Object.fromEntries(
    Object.entries(images).map(([name, content], index) => {
      const path = join(folder, `${index}.tar`);
      writeFileSync(path, content);
      return [name, path];
    }),
  );
}

/** A docker-archive of a shell with small tools, and of further files. */
export function shellImage(name: string, files: readonly TarEntry[] = []): Buffer {
  return archive(name, [...tools(), ...files], { Cmd: ["/bin/sh"], Env: ["PATH=/bin"] });
}

/** Debian's static busybox. */
function tools(): TarEntry[] {
  const busybox = ["/bin/busybox", "/usr/bin/busybox"].find(existsSync);
  if (busybox === undefined) throw new Error("busybox is missing: install the package busybox-static");
  return [
    { name: "bin/" },
    { name: "bin/busybox", content: readFileSync(busybox), mode: 0o755 },
    ...applets.map((name) => ({ name: `bin/${name}`, link: "busybox" })),
    { name: "tmp/", mode: 0o1777 },
  ];
}

/** Loads an archive (docker-archive or OCI) into a node's containerd, by the address of its socket. */
export function importImage(socket: string, path: string): void {
  run("ctr", ["--address", socket, "--namespace", "k8s.io", "images", "import", "--all-platforms", path]);
}

/** The names of the images that a node has. */
export function imagesOf(socket: string): string[] {
  const list = run("ctr", ["--address", socket, "--namespace", "k8s.io", "images", "list", "--quiet"]);
  return list.trim().split("\n");
}

/** One layer, one configuration, one manifest that names them. */
function archive(name: string, files: readonly TarEntry[], config: object): Buffer {
  const layer = tar(files);
  const hash = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");
  const configuration = Buffer.from(
    JSON.stringify({
      architecture: process.arch === "x64" ? "amd64" : process.arch,
      os: "linux",
      config,
      rootfs: { type: "layers", diff_ids: [`sha256:${hash(layer)}`] },
    }),
  );
  const configName = `${hash(configuration)}.json`;
  const manifest = [{ Config: configName, RepoTags: [name], Layers: ["layer.tar"] }];
  return tar([
    { name: configName, content: configuration },
    { name: "layer.tar", content: layer },
    { name: "manifest.json", content: Buffer.from(JSON.stringify(manifest)) },
  ]);
}
