import { APP } from "./blog.ts";
import type { RunnerFigures } from "./figures.ts";
import { environment, type Release, type Stage, unexpected } from "./stage.ts";

const RUNNERS = [1, 2, 3];

/** Starts a runner: what the Job of a release does, with the account that may change the schema. */
export function startRunner(
  stage: Pick<Stage, "program" | "blog" | "folder">,
  release: string,
  name: string,
  onLine: (line: string) => void,
) {
  const args = ["migrate", "--phase", "expand", "--dir", release, "--grant", APP, "-o", "json"];
  const env = environment(stage, stage.blog.ownerUrl, release, name);
  return stage.program.start({ name, args, env, onLine });
}

/**
 * Starts all runners of a release at once and waits for them.
 * @throws SluiceError SL6050 where one ends otherwise than it should: with 3 for a broken release, else with 0.
 */
export function runRunners(stage: Stage, release: Release): Promise<RunnerFigures[]> {
  const seen = new Set<string>();
  return Promise.all(RUNNERS.map((number) => runRunner(stage, release, `runner ${number}`, seen)));
}

async function runRunner(
  stage: Stage,
  { version, broken }: Release,
  name: string,
  seen: Set<string>,
): Promise<RunnerFigures> {
  const child = startRunner(stage, version, name, (line) => {
    const text = shorten(line);
    const key = repeats(text) && (text.startsWith(" ") ? text : `${name} ${text}`);
    if (key && seen.has(key)) return;
    if (key) seen.add(key);
    stage.screen.line(name, text);
  });
  const { status, result } = await child.ended;
  stage.signal.throwIfAborted();
  if (status !== (broken ? 3 : 0)) throw await unexpected(stage, name, status);
  const applied = Array.isArray(result?.applied) ? result.applied.length : 0;
  stage.screen.line(name, outcome(broken, applied));
  return { name, status, applied };
}

function outcome(broken: boolean, applied: number): string {
  if (broken) return "exit 3: failed, and left nothing behind";
  if (applied > 0) return "exit 0: it has done the work";
  return "exit 0: nothing left to do, another runner has done it";
}

/** Who holds the lock is what matters here; from where, since when and what it runs, `migrate` says itself. */
function shorten(line: string): string {
  return line.replace(/^(waiting for the runner lock, held by .*?\)) from .*/, "$1");
}

/** Whoever waits says so with each statement of the other one, and three runners fail with the same details. */
function repeats(text: string): boolean {
  return text.startsWith(" ") || text.startsWith("waiting for the runner lock");
}
