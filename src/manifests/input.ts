import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { SluiceError } from "../errors.ts";
import { fileReason } from "../text/file-reason.ts";

/** A text of manifests and where it is from. */
export interface Input {
  /** Path, URL or "standard input". */
  readonly name: string;
  /** Where it may be written back to. */
  readonly path: string | undefined;
  readonly text: string;
}

const standardInput = "standard input";
/** Of one answer, milliseconds. */
const urlTimeout = 30_000;
const redirects = 10;

/**
 * Reads everything that is named: files, folders with all below them, https URLs, `-`. Nothing named is standard input.
 * @throws SluiceError SL8002 (exit 2) for the first that cannot be read, SL8001 for bytes that are not UTF-8.
 */
export async function readInputs(words: readonly string[], signal: AbortSignal): Promise<Input[]> {
  const names = words.length === 0 ? ["-"] : words;
  if (names.filter((name) => name === "-").length > 1) throw failed("-", "it is named twice");
  const inputs: Input[] = [];
  for (const name of names) {
    signal.throwIfAborted();
    if (name === "-") inputs.push(input(standardInput, undefined, await readStandardInput(signal)));
    else if (/^[a-z][a-z0-9+.-]*:\/\//i.test(name))
      inputs.push(input(name, undefined, await fetchUrl(name, signal)));
    else inputs.push(...(await readPath(name)));
  }
  return inputs;
}

async function readPath(path: string): Promise<Input[]> {
  try {
    const found = await stat(path);
    const files = found.isDirectory() ? await filesBelow(path) : [path];
    if (files.length === 0) throw failed(path, "the folder holds no *.yaml, *.yml or *.json");
    return await Promise.all(files.map(async (file) => input(file, file, await readFile(file))));
  } catch (error) {
    if (error instanceof SluiceError) throw error;
    throw failed((error as NodeJS.ErrnoException).path ?? path, fileReason(error), error);
  }
}

/**
 * Manifests below a folder in the order of their paths; links are followed, as ConfigMaps are mounted.
 * @param above real paths of the folders around it: a link to one of them would have no end.
 */
async function filesBelow(folder: string, above: readonly string[] = []): Promise<string[]> {
  const real = await realpath(folder);
  if (above.includes(real)) return [];
  // A mounted ConfigMap holds its files a second time, in folders that begin with two dots; editors lock `.#a.yaml`.
  const names = (await readdir(folder)).filter((name) => !name.startsWith(".")).sort();
  const lists = names.map(async (name) => {
    const path = join(folder, name);
    const isManifest = /\.(ya?ml|json)$/i.test(name);
    const found = await stat(path).catch((error: unknown) => {
      if (isManifest) throw error;
    });
    if (found?.isDirectory()) return filesBelow(path, [...above, real]);
    return isManifest ? [path] : [];
  });
  return (await Promise.all(lists)).flat();
}

async function readStandardInput(signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const stop = () => process.stdin.destroy(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  try {
    for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  } catch (error) {
    signal.throwIfAborted();
    throw failed(standardInput, (error as Error).message, error);
  } finally {
    signal.removeEventListener("abort", stop);
  }
  return Buffer.concat(chunks);
}

/** Each step of the way must be https: a redirect could lead to http and back. */
async function fetchUrl(name: string, signal: AbortSignal): Promise<Uint8Array> {
  let url = name;
  for (let step = 0; step <= redirects; step++) {
    if (!/^https:\/\//i.test(url)) {
      const reason = url === name ? "only https:// is read" : `it leads to ${url}, and only https:// is read`;
      throw failed(name, reason);
    }
    const limit = AbortSignal.any([signal, AbortSignal.timeout(urlTimeout)]);
    try {
      const answer = await fetch(url, { redirect: "manual", signal: limit });
      const next = answer.headers.get("location");
      if (answer.status >= 300 && answer.status < 400 && next !== null) url = new URL(next, url).href;
      else if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
      else throw failed(name, `the server answered with status ${answer.status}`);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof SluiceError) throw error;
      throw failed(name, (error as Error).message, error);
    }
  }
  throw failed(name, `more than ${redirects} redirects`);
}

/** Keeps a byte order mark; refuses what would not come out as it went in. */
function input(name: string, path: string | undefined, bytes: Uint8Array): Input {
  try {
    return { name, path, text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch (cause) {
    throw new SluiceError("SL8001", {
      params: { file: name, reason: "it is not UTF-8" },
      place: { file: name },
      cause,
    });
  }
}

function failed(name: string, reason: string, cause?: unknown): SluiceError {
  return new SluiceError("SL8002", {
    params: { input: name === "" ? '""' : name, reason },
    ...(cause === undefined ? {} : { cause }),
  });
}
