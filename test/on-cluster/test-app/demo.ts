import { scriptOptions } from "../../../scripts/build/usage.ts";
import { createScreen, type Screen } from "../../../src/demo/screen.ts";
import { createReporter } from "../../../src/report/reporter.ts";
import { coloured, styleFor } from "../../../src/report/style.ts";
import { down } from "../../cluster/down.ts";
import { withLock } from "../../cluster/lock.ts";
import { lockPath, stateFolder } from "../../cluster/paths.ts";
import { isUp } from "../../cluster/status.ts";
import { up } from "../../cluster/up.ts";
import { cleanUpAll } from "../../support/cleanup.ts";
import { cluster } from "../support.ts";
import { lookAround, play } from "./demo/acts.ts";
import { figuresText, problemsOf } from "./demo/figures.ts";
import { loadTestApp } from "./images.ts";

/**
 * `npm run demo:cluster [-- --keep]`: rolls five releases of examples/test-app out on a real Kubernetes, under load, and prints
 * what was measured. A cluster that it had to bring up is taken down again. With --keep everything stays until Ctrl-C.
 * Exit status 0 when all figures are as they should be, 1 when one is not, 70 when a part of it failed.
 */
const values = scriptOptions(
  { keep: { type: "boolean", default: false } },
  "Usage: npm run demo:cluster [-- --keep]\n  --keep   leaves everything until Ctrl-C, to look around",
);
const { env, stdout, stderr } = process;
const style = styleFor(coloured(stderr, env));
const live = stderr.isTTY === true && env["TERM"] !== "dumb";
const reporter = createReporter({
  ...{ stdout, stderr, env, output: "text", logFormat: "text" },
  ...{ quiet: false, verbose: false, color: true },
});
const screen = createScreen({ reporter, stderr, style, live, columns: () => stderr.columns, json: false });
const stateDir = stateFolder();
const wasUp = isUp(stateDir);
const stop = new AbortController();
const stopped = new Promise<number>((resolve) => {
  // Ctrl-C comes twice by `npm run`, from the terminal and from npm: what is being ended goes on being ended.
  for (const [signal, status] of Object.entries({ SIGINT: 130, SIGTERM: 143 }))
    process.on(signal, () => {
      stop.abort(new Error(signal));
      resolve(status);
    });
});

/** @returns the exit status. */
async function demo(shown: Screen): Promise<number> {
  shown.act(
    "Sluice demo on a cluster",
    "A blog is installed by Helm, and released four times while its readers go on reading. All of it is real: a Kubernetes of two nodes, a PostgreSQL server, the images and the library chart. It takes two minutes or three on a cluster that runs, and removes what it made.",
  );
  const log = (line: string) => (wasUp ? undefined : shown.line("cluster", line.trim()));
  await up({ stateDir, nodes: 2, log });
  stop.signal.throwIfAborted();
  shown.line("images", "putting five releases of the blog together, and loading them into the nodes");
  await loadTestApp(await cluster());
  stop.signal.throwIfAborted();
  const [app, figures] = await play(shown, stop.signal);
  const problems = problemsOf(figures);
  shown.summarise(() => []);
  stdout.write(`\n${figuresText(figures)}`);
  for (const problem of problems) stderr.write(`${style.red("wrong")} ${problem}\n`);
  if (values.keep) {
    const lines = lookAround(app).map((line) => `  ${line}\n`);
    stdout.write(
      `\nThe blog, its readers and its database stay until Ctrl-C. Look around:\n${lines.join("")}`,
    );
    await stopped;
  }
  return problems.length === 0 ? 0 : 1;
}

const playing = demo(screen).catch((error: Error) => {
  // What is under way when the demo is interrupted fails for that reason.
  if (!stop.signal.aborted) stderr.write(`${style.red("error")} ${error.message}\n`);
  return 70;
});
const status = await Promise.race([stopped, playing]);
screen.close();
if (stop.signal.aborted) stderr.write("ending everything that the demo began\n");
const cleaned = () =>
  cleanUpAll().then(
    () => true,
    (error: Error) => {
      stderr.write(`${style.red("error")} ${error.message}\n`);
      return false;
    },
  );
let clean = await cleaned();
// With its namespace gone, what an interrupted step waits for fails, and what it made meanwhile is ended then.
await playing;
clean = (await cleaned()) && clean;
if (!wasUp)
  await withLock(lockPath(), () => down({ stateDir, log: (line) => stderr.write(`${line.trim()}\n`) }));
process.exit(clean || status !== 0 ? status : 70);
