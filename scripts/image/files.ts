import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { LIBRARIES } from "../../src/cli/install/libc.ts";
import { debianPackage, release } from "./debian.ts";
import type { Entry } from "./tar.ts";

/** The account that the image runs as: the one of the distroless images, so that a chart's runAsUser fits both. */
export const USER = "65532:65532";

/** What names an architecture in the image, in Bun and in Debian, and where its libraries lie. */
export const platforms = {
  "linux/amd64": {
    architecture: "amd64",
    target: "linux-x64",
    libraries: "lib/x86_64-linux-gnu",
    loader: "lib64/ld-linux-x86-64.so.2",
  },
  "linux/arm64": {
    architecture: "arm64",
    target: "linux-arm64",
    libraries: "lib/aarch64-linux-gnu",
    loader: "lib/ld-linux-aarch64.so.1",
  },
} as const;
export type Platform = keyof typeof platforms;

/** The layer below the executable: C library, roots of certificates, accounts; no shell, and nothing that is run. */
export function baseFiles(platform: Platform): Entry[] {
  const { architecture, libraries, loader } = platforms[platform];
  const libc = debianPackage("libc6", architecture);
  const certificates = debianPackage("ca-certificates", architecture);
  const shared = (name: string): Entry => ({
    path: join(libraries, name),
    mode: 0o755,
    content: readFileSync(join(libc.folder, libraries, name)),
  });
  const copyright = (folder: string, name: string) =>
    text(
      `usr/share/doc/${name}/copyright`,
      readFileSync(join(folder, "usr/share/doc", name, "copyright"), "utf8"),
    );
  return withFolders([
    { ...shared(loaderName(loader)), path: loader },
    ...LIBRARIES.map(shared),
    text("etc/ssl/certs/ca-certificates.crt", roots(certificates.folder)),
    text("etc/passwd", "root:x:0:0:root:/:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/tmp:/sbin/nologin\n"),
    text("etc/group", "root:x:0:\nnonroot:x:65532:\n"),
    text("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n"),
    // For scanners: which Debian the files are of, and in which version.
    text(
      "etc/os-release",
      ["ID", "VERSION_ID", "PRETTY_NAME"].map((key) => `${key}="${release(key)}"\n`).join(""),
    ),
    text("var/lib/dpkg/status.d/libc6", libc.control),
    text("var/lib/dpkg/status.d/ca-certificates", certificates.control),
    copyright(libc.folder, "libc6"),
    copyright(certificates.folder, "ca-certificates"),
    { path: "tmp", mode: 0o1777 },
  ]);
}

/** The layer with the executable, and its second name. */
export function programFiles(executable: string, license: string): Entry[] {
  return withFolders([
    { path: "sluice", mode: 0o755, content: readFileSync(executable) },
    { path: "wait_for.sh", mode: 0o777, link: "sluice" },
    { path: "usr/local/bin/sluice", mode: 0o777, link: "/sluice" },
    { path: "usr/local/bin/wait_for.sh", mode: 0o777, link: "/sluice" },
    text("usr/share/doc/sluice/LICENSE", readFileSync(license, "utf8")),
  ]);
}

/**
 * Mozilla's roots as Debian ships them, in the order of their names. Not the machine's own bundle: that may hold
 * roots of its company.
 */
function roots(folder: string): string {
  const mozilla = join(folder, "usr/share/ca-certificates/mozilla");
  const names = readdirSync(mozilla).filter((name) => name.endsWith(".crt"));
  return names
    .sort()
    .map((name) => `${readFileSync(join(mozilla, name), "utf8").trimEnd()}\n`)
    .join("");
}

function text(path: string, content: string): Entry {
  return { path, mode: 0o644, content: Buffer.from(content) };
}

function loaderName(loader: string): string {
  return loader.slice(loader.lastIndexOf("/") + 1);
}

/** The entries, and the folders that they lie in. */
export function withFolders(entries: readonly Entry[]): Entry[] {
  const folders = new Set<string>();
  for (const { path } of entries)
    for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) folders.add(folder);
  return [...[...folders].map((path) => ({ path, mode: 0o755 })), ...entries];
}
