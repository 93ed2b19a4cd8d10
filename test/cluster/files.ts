import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

/**
 * Writes a file, whole or not at all, and only where its content is another: kube-proxy ends when its configuration is
 * written, be it with the same bytes. For root's eyes only: there are keys among them.
 */
export function writeChanged(path: string, text: string): void {
  if (existsSync(path) && readFileSync(path, "utf8") === text) return;
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
