import { SluiceError } from "../errors.ts";
import type { Migration } from "../migrations/migration.ts";

/** What must be applied before a gate opens. */
export interface Required {
  version: string;
  name: string | undefined;
  /** Undefined where no file says what it should be. */
  checksum: string | undefined;
}

/**
 * The versions that a pod needs: every expand migration of its directory and every contract migration that one of
 * these requires, or exactly those that `require` names.
 * @throws SluiceError SL5002 (exit 2) where nothing is required: an empty mount must not open the gate.
 */
export function requiredVersions(files: readonly Migration[], require: readonly string[]): Required[] {
  const byVersion = new Map(files.map((file) => [file.version, file]));
  const required = new Set(require);
  if (require.length === 0) {
    const add = (file: Migration) => {
      if (required.has(file.version)) return;
      required.add(file.version);
      for (const version of file.directives.requires) {
        const other = byVersion.get(version);
        if (other === undefined) required.add(version);
        else add(other);
      }
    };
    for (const file of files) if (file.directives.phase === "expand") add(file);
  }
  if (required.size === 0) throw new SluiceError("SL5002");
  return [...required].map((version) => {
    const file = byVersion.get(version);
    return { version, name: file?.name, checksum: file?.checksum };
  });
}
