import { isDeepStrictEqual } from "node:util";
import { formatPlace } from "../errors.ts";
import { ejectSource, keyOfWorkload } from "./eject.ts";
import { makeGate, wordsOf } from "./gate.ts";
import { hintsFor } from "./hints.ts";
import { listPlace } from "./insert-items.ts";
import { at, isJsonMap, type JsonMap, mapsAt, textAt } from "./json.ts";
import { nodeAt } from "./lookup.ts";
import { markValue } from "./mark.ts";
import { piecesOf } from "./pieces.ts";
import { startOf } from "./places.ts";
import { type Position, readPosition } from "./references.ts";
import type { ObjectReport } from "./report.ts";
import { addResults, settingsForDocument } from "./resource-list.ts";
import { type Change, readSource, rewrite, type Source } from "./rewrite.ts";
import { type GateSettings, type OwnSettings, settingsOf, wrongSetting } from "./settings.ts";
import { type Selection, skipReason } from "./skip.ts";
import type { GateTarget, ReadTargets } from "./targets.ts";
import { findWorkloads, unknownWorkloads, type Workload } from "./workloads.ts";

export interface InjectOptions {
  readonly settings: GateSettings;
  /** Name of the gate's container. */
  readonly name: string;
  readonly selection: Selection;
  readonly readTargets: ReadTargets;
}

export interface Injected {
  readonly text: string;
  readonly objects: readonly ObjectReport[];
  /** Objects with pods of a kind that is not known here, which got no gate. */
  readonly unknown: readonly string[];
}

/**
 * `sluice inject` of one text of YAML or JSON: each workload gets a gate, everything else stays byte for byte. A gate
 * that is there is taken out first, so that other options replace it and the same leave all as it is.
 * @param file its name, for reports and errors.
 * @throws SluiceError (exit 2): SL8001 unreadable, SL8003 a wrong setting, SL8004 nowhere to put the gate.
 */
export function injectText(text: string, file: string, options: InjectOptions): Injected {
  const objects: ObjectReport[] = [];
  const unknown: string[] = [];
  const pieces = piecesOf(text).map((piece) => {
    const result = injectPiece(piece.text, file, piece.firstLine, options);
    objects.push(...result.objects);
    unknown.push(...result.unknown);
    return result.text;
  });
  return { text: pieces.join(""), objects, unknown };
}

function injectPiece(text: string, file: string, firstLine: number, options: InjectOptions) {
  const { source, had } = ejectSource(readSource(text, file, firstLine), firstLine);
  const changes: Change[] = [];
  const objects: ObjectReport[] = [];
  for (const [index, document] of source.stream.documents.entries()) {
    const value = source.values[index];
    const base = settingsForDocument(value, options.settings);
    const reports = findWorkloads(document, value).map((workload) => {
      const plan = planGate(source, index, workload, { ...options, settings: base });
      if (plan.change !== undefined) changes.push(plan.change);
      const { kind, name, namespace, label } = workload;
      const before = had.get(keyOfWorkload(index, workload));
      const report: ObjectReport = { file, kind, name, namespace, label, ...outcome(plan, before) };
      return { report, workload };
    });
    objects.push(...reports.map(({ report }) => report));
    const results = addResults(source, index, reports);
    if (results !== undefined) changes.push(results);
  }
  const unknown = source.values.flatMap(unknownWorkloads);
  return { text: rewrite(source, changes, firstLine).stream.text, objects, unknown };
}

interface Plan {
  /** Undefined: it gets no gate. */
  readonly change: Change | undefined;
  /** The pods' spec with the gate. */
  readonly after?: unknown;
  readonly reason?: string | undefined;
  readonly warnings: readonly string[];
}

function outcome({ change, after, reason, warnings }: Plan, before: unknown) {
  if (change === undefined)
    return {
      action: before === undefined ? ("skipped" as const) : ("removed" as const),
      reason: reason ?? "",
      warnings,
    };
  if (before === undefined) return { action: "added" as const, warnings };
  const action = isDeepStrictEqual(before, after) ? ("unchanged" as const) : ("replaced" as const);
  return { action, warnings };
}

function planGate(source: Source, index: number, workload: Workload, options: InjectOptions): Plan {
  const document = source.stream.documents[index] as (typeof source.stream.documents)[number];
  const where = whereOf(source, document, workload);
  const settings = settingsOf(workload, options.settings, where);
  let read: readonly GateTarget[] | undefined;
  const targets = () => {
    read ??= targetsOf(settings, options.readTargets);
    return read;
  };
  const reason = skipReason(workload, targets, options.selection, where);
  const spec = at(source.values[index], workload.path);
  if (reason !== undefined || workload.spec === undefined || !isJsonMap(spec))
    return { change: undefined, reason, warnings: [] };

  const place = { map: workload.spec, document, stream: source.stream };
  const name = freeName(options.name, spec, workload);
  const gate = makeGate(name, settings, targets(), spec);
  const warnings = [...settings.warnings, ...gate.warnings];
  const inits = listPlace("initContainers", place);
  const volumes = gate.volumes.length === 0 ? undefined : listPlace("volumes", place);
  const position = indexFor(settings, spec, warnings);
  const container = gate.container(markValue([inits.made, volumes?.made]));
  const change: Change = {
    document: index,
    label: workload.label,
    edits: [
      inits.insert([container], position),
      ...(volumes === undefined ? [] : [volumes.insert(gate.volumes, volumes.length)]),
    ],
    expect(value) {
      const own = at(value, workload.path);
      if (isJsonMap(own)) put(own, container, position, gate.volumes);
    },
  };
  const after: JsonMap = { ...spec };
  put(after, container, position, gate.volumes);
  const look = { workload, settings, targets: targets(), gate, index: position, spec };
  return { change, after, warnings: [...warnings, ...hintsFor(look)] };
}

/** File and line of an object; that of its pods' spec would be another line than its annotations are on. */
function whereOf(
  { stream }: Source,
  document: Source["stream"]["documents"][number],
  workload: Workload,
): string {
  const node = nodeAt(document.contents, workload.root, document);
  const { file, line } = stream.place(startOf(node));
  return formatPlace({ file, ...(line === undefined ? {} : { line }) });
}

function put(spec: JsonMap, container: JsonMap, index: number, volumes: readonly JsonMap[]): void {
  const inits = Array.isArray(spec["initContainers"]) ? [...spec["initContainers"]] : [];
  inits.splice(index, 0, container);
  spec["initContainers"] = inits;
  const others = Array.isArray(spec["volumes"]) ? spec["volumes"] : [];
  if (volumes.length > 0) spec["volumes"] = [...others, ...volumes];
}

/** An error about targets that were not written on the command line says where they stand. */
function targetsOf(settings: OwnSettings, readTargets: ReadTargets): readonly GateTarget[] {
  const own = (["wait", "job", "args"] as const).find((key) => settings.isOwn(key));
  try {
    return readTargets(wordsOf(settings), settings.args);
  } catch (error) {
    if (own === undefined || !(error instanceof Error)) throw error;
    throw wrongSetting(settings.source(own), error.message, (error as { hint?: string }).hint);
  }
}

function indexFor(settings: OwnSettings, spec: JsonMap, warnings: string[]): number {
  const source = settings.source("position");
  const position: Position = readPosition(settings.position, source);
  const inits = Array.isArray(spec["initContainers"]) ? spec["initContainers"] : [];
  if (position.kind !== "after") return position.kind === "first" ? 0 : inits.length;
  const before = inits.findIndex((one) => textAt(one, "name") === position.name);
  if (before !== -1) return before + 1;
  const problem = `there is no init container ${position.name}`;
  if (settings.isOwn("position")) throw wrongSetting(source, problem, namesHint(spec));
  warnings.push(`${source}: ${problem}, so the gate is first`);
  return 0;
}

function namesHint(spec: JsonMap): string {
  const names = mapsAt(spec, "initContainers").flatMap((one) => textAt(one, "name") ?? []);
  return names.length === 0 ? "The pod has no init containers." : `The pod has: ${names.join(", ")}.`;
}

/** The API server refuses a pod with two containers of the same name. */
function freeName(name: string, spec: JsonMap, { label }: Workload): string {
  const all = [...mapsAt(spec, "initContainers"), ...mapsAt(spec, "containers")];
  if (!all.some((one) => textAt(one, "name") === name)) return name;
  const problem = `${label} has a container of that name which was not injected`;
  throw wrongSetting(
    `--container-name ${name}`,
    problem,
    "Give another --container-name, or skip it with --skip.",
  );
}
