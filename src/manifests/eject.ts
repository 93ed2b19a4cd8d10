import { at, isJsonMap, type JsonMap } from "./json.ts";
import { findOwned, LISTS, type ListKey } from "./mark.ts";
import { piecesOf } from "./pieces.ts";
import { type Removal, removeItems } from "./remove-items.ts";
import type { ObjectReport } from "./report.ts";
import { type Change, readSource, rewrite, type Source } from "./rewrite.ts";
import { findWorkloads, type Workload } from "./workloads.ts";

export interface Ejected {
  readonly source: Source;
  /** Workloads that had a gate, by document and path, with their pods' spec as it was. */
  readonly had: ReadonlyMap<string, unknown>;
  readonly workloads: readonly { readonly workload: Workload; readonly document: number }[];
}

/** What identifies a workload in a text, before and after. */
export function keyOfWorkload(document: number, { path }: Workload): string {
  return JSON.stringify([document, ...path]);
}

/** Takes all injected gates out. @throws SluiceError SL8001, SL8004 (exit 2). */
export function ejectSource(before: Source, firstLine: number): Ejected {
  const had = new Map<string, unknown>();
  const changes: Change[] = [];
  const workloads = before.stream.documents.flatMap((document, index) =>
    findWorkloads(document, before.values[index]).map((workload) => ({ workload, document: index })),
  );
  for (const { workload, document } of workloads) {
    const spec = at(before.values[document], workload.path);
    if (!isJsonMap(spec) || workload.spec === undefined) continue;
    const owned = findOwned(spec);
    if (owned === undefined) continue;
    had.set(keyOfWorkload(document, workload), spec);
    const place = {
      map: workload.spec,
      document: before.stream.documents[document] as (typeof before.stream.documents)[number],
      stream: before.stream,
    };
    const removals = LISTS.map((key) => ({
      key,
      indices: owned.indices[key],
      removal: removeItems(key, owned.indices[key], owned.made(key), place),
    }));
    changes.push({
      document,
      label: workload.label,
      edits: removals.flatMap(({ removal }) => removal.edits),
      expect(value) {
        const own = at(value, workload.path);
        if (isJsonMap(own))
          for (const { key, indices, removal } of removals) leave(own, key, indices, removal.leaves);
      },
    });
  }
  return { source: rewrite(before, changes, firstLine), had, workloads };
}

function leave(spec: JsonMap, key: ListKey, indices: readonly number[], leaves: Removal["leaves"]): void {
  const list = spec[key];
  if (indices.length === 0 || !Array.isArray(list)) return;
  if (leaves === "nothing") delete spec[key];
  else if (leaves === "null") spec[key] = null;
  else spec[key] = list.filter((_, index) => !indices.includes(index));
}

/**
 * `sluice eject` of one text: gives back what `inject` was given, byte for byte where nothing rewrote it in between.
 * @param file its name, for errors.
 */
export function ejectText(text: string, file: string): { text: string; objects: ObjectReport[] } {
  const objects: ObjectReport[] = [];
  const pieces = piecesOf(text).map((piece) => {
    const before = readSource(piece.text, file, piece.firstLine);
    const { source, had, workloads } = ejectSource(before, piece.firstLine);
    for (const { workload, document } of workloads) {
      const action = had.has(keyOfWorkload(document, workload)) ? "removed" : "none";
      const { kind, name, namespace, label } = workload;
      objects.push({ file, kind, name, namespace, label, action, warnings: [] });
    }
    return source.stream.text;
  });
  return { text: pieces.join(""), objects };
}
