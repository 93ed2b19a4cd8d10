import { setTimeout as sleep } from "node:timers/promises";
import { SluiceError } from "../errors.ts";
import { ApiError, ConnectionError } from "./api-error.ts";
import { type Backoff, createBackoff, LONGEST } from "./backoff.ts";
import type { KubernetesClient, Selection } from "./client.ts";
import { createObjectSet } from "./object-set.ts";
import type { Resource } from "./resources.ts";
import type { KubernetesObject } from "./types.ts";

export interface Observer<T> {
  /** The objects as the server last said they are, by name; called after the list and after each change. */
  changed(items: ReadonlyMap<string, T>): void;
  /**
   * The server does not answer as it should (ApiError, ConnectionError; SluiceError of exit 69 where a credential
   * plugin failed): what `changed` last said may be old from here on, until it is called again. Called once for each
   * new message; the observer goes on trying.
   */
  troubled(error: Error): void;
}

/** A watch that the server ended is open again by then, or what is known counts as old. Milliseconds. */
const GRACE = 2000;

/**
 * Keeps a set of objects in step with the API server: one list, then a watch. Where the server ends the watch, which
 * it does every few minutes, the next goes on from the last resourceVersion. After anything else (410, a connection
 * that was cut or fell silent, an error) comes a list: a watch that goes on is silent when nothing has changed, so
 * only a list says that what is known is not old. Backs off with jitter (at most 1.5 s, or what Retry-After asks).
 * Ends only when the signal is aborted.
 * @throws what is neither an ApiError nor a ConnectionError, and will not pass: a configuration that cannot be used.
 */
export async function observe<T extends KubernetesObject>(
  client: KubernetesClient,
  resource: Resource,
  selection: Selection,
  observer: Observer<T>,
  signal: AbortSignal,
  backoff: Backoff = createBackoff(),
): Promise<void> {
  const known = createObjectSet<T>();
  /** Where the watch goes on; undefined where a list is due. */
  let version: string | undefined;
  let told: string | undefined;
  let trouble: string | undefined;
  /** The last watch was refused: a list without news does not end that trouble, an open watch does. */
  let refused = false;
  let attempt = new AbortController();

  const tell = () => {
    trouble = undefined;
    told = known.digest();
    observer.changed(known.copy());
  };
  const report = (error: Error) => {
    if (signal.aborted || trouble === error.message) return;
    trouble = error.message;
    observer.troubled(error);
  };
  const doubt = createTimer(GRACE, () => {
    const error = new ConnectionError("the watch has ended and is not open again yet");
    report(error);
    if (version === undefined) return;
    version = undefined;
    attempt.abort(error);
  });

  /** One list where it is due, and one watch to its end. */
  async function follow(ends: AbortSignal): Promise<void> {
    if (version === undefined) {
      const listed = await client.list<T>(resource, selection, ends);
      ends.throwIfAborted();
      doubt.stop();
      known.replace(listed.items);
      version = listed.resourceVersion;
      if (!refused || told !== known.digest()) tell();
    }
    let began: number | undefined;
    let heard = false;
    const open = () => {
      began ??= performance.now();
      doubt.stop();
      refused = false;
      if (trouble !== undefined && !ends.aborted) tell();
    };
    refused = true;
    try {
      for await (const event of client.watch<T>(resource, selection, version, ends, open)) {
        ends.throwIfAborted();
        heard = true;
        if (began === undefined) open();
        version = event.object.metadata.resourceVersion ?? version;
        if (event.type !== "BOOKMARK" && known.take(event)) tell();
      }
      if (began === undefined) open();
      // One that ends as soon as it began, without a word, was no watch: something between here and the server cannot
      // stream. What is known would grow old in silence, so it is listed again.
      if (!heard && began !== undefined && performance.now() - began < GRACE) version = undefined;
    } finally {
      // One that lives shorter than the longest delay must not bring the next one sooner.
      if (began !== undefined && performance.now() - began > LONGEST) backoff.reset();
    }
  }

  try {
    while (!signal.aborted) {
      let retryAfter: number | undefined;
      attempt = new AbortController();
      try {
        await follow(AbortSignal.any([signal, attempt.signal]));
        doubt.start();
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof Error) || !mayPass(error)) throw error;
        version = undefined;
        if (error instanceof ApiError && error.status === 410) {
          refused = false;
          doubt.start();
        } else {
          doubt.stop();
          report(error);
        }
        if (error instanceof ApiError) retryAfter = error.retryAfter;
      }
      await sleep(backoff.next(retryAfter), undefined, { signal }).catch(() => undefined);
    }
  } finally {
    doubt.stop();
  }
}

/** A plugin that failed (exit 69) may succeed the next time; what is wrong with the configuration stays wrong. */
function mayPass(error: Error): boolean {
  if (error instanceof SluiceError) return error.exit === 69;
  return error instanceof ApiError || error instanceof ConnectionError;
}

function createTimer(ms: number, due: () => void): { start(): void; stop(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  return {
    start: () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        due();
      }, ms);
    },
    stop,
  };
}
