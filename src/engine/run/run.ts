import { setTimeout as sleep } from "node:timers/promises";
import type { Connection, Database, History, HistoryRow, RunEnd } from "../../databases/database.ts";
import { SluiceError } from "../../errors.ts";
import { connect } from "../connect.ts";
import type { Listener } from "../events.ts";
import { acquireLock } from "../lock.ts";
import { type CommandEnd, runCommand, type StreamName } from "./child.ts";
import { judgeEnd } from "./end.ts";
import { guardLock } from "./guard.ts";
import { RECONNECT, recordEnd } from "./record.ts";
import { createTail } from "./tail.ts";

export type RunEvent =
  /** `left`: an earlier try that did not come to its end. */
  | { type: "starting"; left: HistoryRow | undefined }
  | { type: "leftover" }
  | { type: "lost"; reason: string };

export interface RunRequest {
  /** Undefined where nothing is recorded. */
  id: string | undefined;
  /** Whole fingerprint, where the ID is made of one. */
  checksum: string | undefined;
  command: readonly [string, ...string[]];
  /** The command as one line, without secrets. */
  line: string;
  env: Readonly<Record<string, string | undefined>>;
}

export interface RunOptions {
  /** Start it also where it is done. */
  always: boolean;
  /** Exit statuses that may pass by themselves. */
  retryOn: readonly number[];
  /** Milliseconds; see the options of the same name. */
  grace: number;
  wait: number;
  lockWait: number;
  createDatabase: boolean;
  orphans: "wait" | "cancel";
  /** Roles that may read the history. */
  readers: readonly string[];
  signal: AbortSignal;
  on: Listener;
  onRun(event: RunEvent): void;
  output(stream: StreamName, bytes: Uint8Array): void;
  redact(text: string): string;
}

export interface RunResult {
  /** False where the ID was done already. */
  started: boolean;
  /** When the ID was done, where it was not started. */
  doneAt: Date | undefined;
  /** Milliseconds that the command took. */
  duration: number | undefined;
}

/** A connection that does not answer any more is not waited for. Milliseconds. */
const CLOSING = 2_000;

/**
 * Runs a command under the runner lock, once for each ID: who finds the ID done, at once or after waiting for the
 * lock, starts nothing. A try that did not come to exit status 0 is made again by the next run: at least once.
 * @throws SluiceError SL4202 (exit 2), SL4210 (exit 4), SL4211 (exit 75), SL4212 and SL4213 (exit 69); the reason of
 * the signal (exit 130, 143) where that ended the command.
 */
export async function run(database: Database, request: RunRequest, options: RunOptions): Promise<RunResult> {
  for (let lost = 0; ; lost++) {
    const connection = await connect(database, {
      ...options,
      wait: lost === 0 ? options.wait : Math.max(options.wait, RECONNECT),
    });
    let started = false;
    try {
      const done = await prepared(connection, request, options);
      if (done !== undefined) return { started: false, doneAt: done.finishedAt, duration: undefined };
      started = true;
      return await runLocked(database, connection, request, options);
    } catch (error) {
      if (!(error instanceof Error && error.name === "ConnectionLost")) throw error;
      if (started || lost >= 5) {
        throw new SluiceError("SL4032", { params: { target: database.target }, cause: error });
      }
      options.on({ type: "connection-lost", migration: undefined });
    } finally {
      await Promise.race([connection.close(), sleep(CLOSING, undefined, { ref: false })]);
    }
  }
}

/** Takes the lock and makes the history ready. @returns the row of an ID that is done: nothing is to be started. */
async function prepared(
  connection: Connection,
  request: RunRequest,
  options: RunOptions,
): Promise<HistoryRow | undefined> {
  if (request.id === undefined) {
    await acquireLock(connection, async () => false, options);
    return undefined;
  }
  let done: HistoryRow | undefined;
  const idle = async (): Promise<boolean> => {
    if (options.always) return false;
    const history = await connection.history();
    done = finished(history, request.id);
    return done !== undefined && (await connection.missingGrants(options.readers)).length === 0;
  };
  if (await idle()) return done;
  if (!(await acquireLock(connection, idle, options))) return done;
  await connection.prepare(options.readers);
  return options.always ? undefined : finished(await connection.history(), request.id);
}

function rowOf(history: History, id: string | undefined): HistoryRow | undefined {
  return history.rows.find((row) => row.kind === "run" && row.id === id);
}

function finished(history: History, id: string | undefined): HistoryRow | undefined {
  const row = rowOf(history, id);
  return row?.state === "applied" ? row : undefined;
}

async function runLocked(
  database: Database,
  connection: Connection,
  request: RunRequest,
  options: RunOptions,
): Promise<RunResult> {
  options.signal.throwIfAborted();
  const { id, line, checksum, command, env } = request;
  const label = id === undefined ? line : `run ${id}: ${line}`;
  const guard = await guardLock(connection, label);
  try {
    const earlier = id === undefined ? undefined : rowOf(await connection.history(), id);
    const claim = id === undefined ? undefined : await connection.startRun({ id, command: line, checksum });
    options.onRun({ type: "starting", left: earlier?.state === "running" ? earlier : undefined });
    const tail = createTail();
    const output = (stream: StreamName, bytes: Uint8Array) => {
      tail.push(bytes);
      options.output(stream, bytes);
    };
    const record = async (end: Omit<RunEnd, "output">): Promise<void> => {
      if (id === undefined || claim === undefined) return;
      const output = tail.text(options.redact);
      await recordEnd({ database, connection, id, claim, on: options.on }, { ...end, output });
    };
    guard.lost.addEventListener("abort", () =>
      options.onRun({ type: "lost", reason: String(guard.lost.reason) }),
    );
    const onLeftover = () => options.onRun({ type: "leftover" });
    const { grace, signal } = options;
    let end: CommandEnd;
    try {
      end = await runCommand({ command, env, grace, signal, lost: guard.lost, output, onLeftover });
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      await record({ state: "failed", exitStatus: undefined, duration: 0, error: error.message });
      throw error;
    }
    const interrupted = signal.aborted;
    const verdict = judgeEnd(end, {
      line,
      retryOn: options.retryOn,
      interrupted,
      lost: guard.lost.aborted ? String(guard.lost.reason) : undefined,
    });
    if (verdict.record !== undefined) {
      await record({ ...verdict.record, exitStatus: end.status, duration: end.duration });
    }
    if (interrupted) throw signal.reason;
    if (verdict.error !== undefined) throw verdict.error(lastLine(tail.text(options.redact)));
    return { started: true, doneAt: undefined, duration: end.duration };
  } finally {
    guard.stop();
  }
}

function lastLine(text: string): string | undefined {
  const line = text
    .trimEnd()
    .split(/[\r\n]+/)
    .at(-1)
    ?.trim();
  return line === "" ? undefined : line;
}
