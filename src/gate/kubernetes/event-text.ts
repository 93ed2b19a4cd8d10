import type { ApiEvent } from "../../kubernetes/types.ts";
import { reasonText } from "./states.ts";

/** When an Event was last seen: its recorders fill in different fields (Kubernetes API reference, Event). */
function timeOf(event: ApiEvent): number {
  const times = [
    event.series?.lastObservedTime,
    event.lastTimestamp,
    event.eventTime,
    event.firstTimestamp,
    event.metadata.creationTimestamp,
  ];
  return Math.max(...times.map((time) => Date.parse(time ?? "") || 0));
}

/** The Event that was seen last; of several at the same second a warning. */
export function newestEvent(events: readonly ApiEvent[]): ApiEvent | undefined {
  const weight = (event: ApiEvent) => (event.type === "Warning" ? 1 : 0);
  return [...events].sort((a, b) => timeOf(b) - timeOf(a) || weight(b) - weight(a))[0];
}

/** "FailedMount: MountVolume.SetUp failed ..." */
export function eventText(event: ApiEvent): string | undefined {
  return reasonText(event.reason, event.message) || undefined;
}
