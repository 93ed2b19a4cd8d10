import { dirname, isAbsolute, join } from "node:path";
import type { Source } from "../credentials/files.ts";
import { dataAt, type Entry, textAt } from "./entries.ts";

/** A file's path counts from the folder of its kubeconfig; `-data` takes precedence. */
export function sourceAt(entry: Entry, key: string): Source | undefined {
  const data = dataAt(entry, `${key}-data`);
  return data === undefined
    ? fileAt(entry, key)
    : { text: data, key: `${key}-data`, place: entry.place([`${key}-data`]) };
}

export function fileAt(entry: Entry, key: string): Source | undefined {
  const path = textAt(entry, key);
  if (path === undefined) return undefined;
  const file = isAbsolute(path) ? path : join(dirname(entry.file), path);
  return { file, key, place: entry.place([key]) };
}
