import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { SluiceError } from "../errors.ts";
import { findServer } from "../rehearse/binaries.ts";
import { packageName } from "../rehearse/npm-binaries.ts";
import { type Server, startServer } from "../rehearse/server.ts";
import { play } from "./acts.ts";
import { createBlog } from "./blog.ts";
import type { DemoFigures } from "./figures.ts";
import { createProgram } from "./program.ts";
import type { Screen } from "./screen.ts";

/**
 * Seconds after which the demo gives up; what it started is then gone within the minute that it may take. It takes
 * 12 s on two idle cores, and was seen to take more than twice that on busy ones.
 */
const DEADLINE = 56;

/**
 * Shows three releases of a small service on a server of its own, and measures them. Nothing is left when it returns
 * or throws: neither processes nor files.
 * @throws the reason of the signal; SluiceError SL6001 to SL6005, SL6050, SL6052.
 */
export async function runDemo(screen: Screen, signal: AbortSignal): Promise<DemoFigures> {
  const began = performance.now();
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(new SluiceError("SL6052", { params: { seconds: DEADLINE } })),
    DEADLINE * 1000,
  );
  const stop = AbortSignal.any([signal, late.signal]);
  try {
    stop.throwIfAborted();
    // Not interrupted: whoever starts a server has to get it, to stop it.
    const server = await start(screen);
    const measured = await onServer(server, screen, stop);
    const durationMs = Math.round(performance.now() - began);
    return { server: { major: server.major, origin: server.origin }, ...measured, durationMs };
  } catch (error) {
    throw stop.aborted ? reasonOf(stop) : error;
  } finally {
    clearTimeout(timer);
    screen.close();
  }
}

async function start(screen: Screen): Promise<Server> {
  screen.act(
    "Sluice demo",
    "A small blog is released three times while its readers go on reading. Everything in it is real: a PostgreSQL server of its own, and Sluice's runners and gates as processes. It ends by itself in about 15 seconds and leaves nothing behind.",
  );
  const { major, origin } = findPreferred();
  screen.line("database", `starting PostgreSQL ${major} (${origin})`);
  const server = await startServer({ major });
  screen.line("database", `ready on ${server.host}:${server.port}`);
  return server;
}

/** PostgreSQL 18 where there is one, else what there is; Sluice knows 13 and newer. */
function findPreferred() {
  try {
    return findServer({ major: 18 });
  } catch {
    const found = findServer();
    if (found.major >= 13) return found;
    throw new SluiceError("SL6001", {
      params: { wanted: "PostgreSQL 13 or newer", package: packageName },
      notes: [`found instead: ${found.major}`],
    });
  }
}

async function onServer(server: Server, screen: Screen, signal: AbortSignal) {
  // In the server's folder, which is removed also when this program is killed.
  const folder = join(server.socketDir, "demo");
  const program = createProgram(folder);
  try {
    mkdirSync(folder);
    signal.throwIfAborted();
    const playing = createBlog(server).then((blog) => {
      signal.throwIfAborted();
      return play({ folder, blog, program, screen, signal });
    });
    return await Promise.race([playing, aborted(signal)]);
  } finally {
    screen.close();
    await program.stopAll();
    await server.stop("immediate");
  }
}

/** Why the demo was stopped; "run again to continue", which belongs to the errors of signals, is wrong for it. */
function reasonOf({ reason }: AbortSignal): unknown {
  const interrupted = reason instanceof SluiceError && reason.code !== "SL6052";
  return interrupted
    ? new SluiceError(reason.code, {
        hint: "nothing of the demo is left behind: neither processes nor files",
      })
    : reason;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    if (signal.aborted) reject(signal.reason);
  });
}
