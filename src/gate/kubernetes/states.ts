import type { Condition, KubernetesObject, LabelSelector, Pod } from "../../kubernetes/types.ts";
import type { Closed } from "../condition.ts";

interface WithConditions {
  status?: { conditions?: readonly Condition[] };
}

/**
 * The condition of a type, where its status is `status`. A list that names a type twice with different statuses
 * says nothing: then there is none.
 */
export function conditionOf(object: WithConditions, type: string, status = "True"): Condition | undefined {
  const all = (object.status?.conditions ?? []).filter((one) => one.type === type);
  return all.length > 0 && all.every((one) => one.status === status) ? all[0] : undefined;
}

/** Whether some condition of the type has the status, also where another contradicts it. */
export function claims(object: WithConditions, type: string): boolean {
  return (object.status?.conditions ?? []).some((one) => one.type === type && one.status === "True");
}

export function isDeleted(object: KubernetesObject): boolean {
  return object.metadata.deletionTimestamp !== undefined && object.metadata.deletionTimestamp !== null;
}

/** A pod that runs, or may yet: what has ended uses nothing any more, and an evicted pod lies around for long. */
export function isAlive(pod: Pod): boolean {
  return pod.status?.phase !== "Succeeded" && pod.status?.phase !== "Failed";
}

/** A verdict that keeps it closed. @param topic see `Closed`. */
export function closed(reason: string, topic = reason): Closed {
  return { open: false, reason, topic };
}

/** "BackoffLimitExceeded: Job has reached the specified backoff limit"; what there is of it, in one line. */
export function reasonText(...parts: (string | undefined)[]): string {
  return parts
    .filter((part) => part !== undefined && part !== "")
    .map((part) => oneLine(part as string))
    .join(": ");
}

/** Longest text that is repeated from the cluster, in characters. */
const LONGEST = 400;

/** In one line, and not without end. */
export function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}...` : line;
}

/** A label selector as the API takes it in a query; undefined where it would match everything. */
export function selectorText(selector: LabelSelector | undefined): string | undefined {
  const parts = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  for (const { key, operator, values = [] } of selector?.matchExpressions ?? []) {
    if (operator === "In" || operator === "NotIn")
      parts.push(`${key} ${operator === "In" ? "in" : "notin"} (${values.join(",")})`);
    else parts.push(operator === "Exists" ? key : `!${key}`);
  }
  return parts.length === 0 ? undefined : parts.join(",");
}

/** The object that manages another. */
export function controllerOf(object: KubernetesObject) {
  return object.metadata.ownerReferences?.find((one) => one.controller === true);
}

/** Of several the one that was made last. */
export function newest<T extends KubernetesObject>(objects: readonly T[]): T | undefined {
  return [...objects].sort((a, b) => created(b) - created(a))[0];
}

function created(object: KubernetesObject): number {
  return Date.parse(object.metadata.creationTimestamp ?? "") || 0;
}
