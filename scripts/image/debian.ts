import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { buildCache, execute, moveInto } from "../build/targets.ts";

/** A Debian package: the folder that its files lie in ("/" where it is installed), and what it says of itself. */
export interface DebianPackage {
  folder: string;
  /** Fields of its control file that scanners read: Package, Version, Architecture, Source, Maintainer. */
  control: string;
}

const FIELDS = ["Package", "Source", "Version", "Architecture", "Maintainer"];

/**
 * Finds a Debian package for an architecture: the installed one, or that of the machine's package sources, fetched
 * with apt-get without touching what is installed.
 * @param architecture "amd64" or "arm64".
 * @throws where the machine is no Debian, or its sources lack the package.
 */
export function debianPackage(name: string, architecture: string): DebianPackage {
  if (!existsSync("/etc/debian_version") || !existsSync("/usr/bin/dpkg-deb"))
    throw new Error(`${name} of Debian is needed, and this is no Debian: use the Dockerfile`);
  const installed = installedControl(name, architecture);
  if (installed !== undefined) return { folder: "/", control: installed };
  const folder = join(buildCache(), `${name}-${architecture}-debian${release("VERSION_ID")}`);
  if (!existsSync(folder)) fetchPackage(name, architecture, folder);
  return { folder: join(folder, "files"), control: readFileSync(join(folder, "control"), "utf8") };
}

/** A value of /etc/os-release: the Debian that the files are of. */
export function release(key: string): string {
  const line = readFileSync("/etc/os-release", "utf8")
    .split("\n")
    .find((one) => one.startsWith(`${key}=`));
  return line?.slice(key.length + 1).replaceAll('"', "") ?? "";
}

function installedControl(name: string, architecture: string): string | undefined {
  try {
    const format = FIELDS.map((field) => `${field}: \${${field}}\\n`).join("");
    const listed = execute("dpkg-query", ["-W", "-f", `\${db:Status-Status} ${format}`, name]);
    const text = listed.replace(/^installed /, "");
    const right = new RegExp(`^Architecture: (${architecture}|all)$`, "m").test(text);
    return text !== listed && right ? text.replace(/^Source: \n/m, "") : undefined;
  } catch {
    return undefined;
  }
}

/** A package of another architecture, with lists of its own: the machine's are not touched. */
function fetchPackage(name: string, architecture: string, target: string): void {
  mkdirSync(buildCache(), { recursive: true });
  const folder = mkdtempSync(join(buildCache(), ".fetch-"));
  try {
    for (const part of ["lists/partial", "cache/archives/partial", "result"])
      mkdirSync(join(folder, part), { recursive: true });
    const settings = [
      `APT::Architecture=${architecture}`,
      `APT::Architectures::=${architecture}`,
      `Dir::State::lists=${join(folder, "lists")}`,
      "Dir::State::status=/dev/null",
      `Dir::Cache=${join(folder, "cache")}`,
    ];
    // Other sources than Debian's own are of no use here, and may not be reachable. APT reads the newer format only
    // from a folder of sources.
    const sources = "/etc/apt/sources.list.d/debian.sources";
    if (existsSync(sources)) {
      mkdirSync(join(folder, "sources"));
      copyFileSync(sources, join(folder, "sources", "debian.sources"));
      settings.push("Dir::Etc::sourcelist=/dev/null", `Dir::Etc::sourceparts=${join(folder, "sources")}`);
    }
    const apt = (...args: string[]) =>
      execute("apt-get", ["-q", ...settings.flatMap((one) => ["-o", one]), ...args], folder);
    apt("update");
    apt("download", name);
    const deb = readdirSync(folder).find((one) => one.endsWith(".deb"));
    if (deb === undefined) throw new Error(`apt-get left no package ${name} of ${architecture}`);
    const result = join(folder, "result");
    execute("dpkg-deb", ["-x", join(folder, deb), join(result, "files")]);
    const control = FIELDS.map((field) => {
      const value = execute("dpkg-deb", ["-f", join(folder, deb), field]).trim();
      return value === "" ? "" : `${field}: ${value}\n`;
    });
    writeFileSync(join(result, "control"), control.join(""));
    moveInto(result, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
