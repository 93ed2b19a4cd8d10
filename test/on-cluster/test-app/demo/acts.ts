import type { Screen } from "../../../../src/demo/screen.ts";
import { addresses } from "../../../cluster/network.ts";
import { newestJob } from "../../newest-job.ts";
import { api, CONTRACT, handler, heldPod, MIGRATION, type TestApp, testApp } from "../fixture.ts";
import { repositoryOfApp, type Tag } from "../images.ts";
import type { Load } from "../load.ts";
import { watchBoard } from "./board.ts";
import type { ReleaseFigures } from "./figures.ts";

interface Stage {
  app: TestApp;
  load: Load;
  screen: Screen;
  /** Aborted when the demo has to end. */
  signal: AbortSignal;
}

/** The last migration of each release, which is looked for in the history. */
const LAST = {
  v2: "20260201090000",
  v3: "20260301090100",
  v4: "20260401090000",
  "v4.1": "20260401090100",
} as const;

/** Plays all acts and measures them. Leaves all that it made to `cleanUpAll`. */
export async function play(screen: Screen, signal: AbortSignal): Promise<[TestApp, ReleaseFigures[]]> {
  const app = await testApp();
  screen.line("database", `PostgreSQL 18 on ${addresses.host}; two accounts, their URLs in two Secrets`);
  signal.throwIfAborted();
  const board = watchBoard(app.at);
  screen.summarise(() => [
    { label: "api", text: board.api, repeat: true },
    { label: "handler", text: board.handler, repeat: true },
  ]);

  screen.act(
    "1. Version 1 is installed",
    "Three replicas of the API start at once, and wait at their gates while a Job makes the schema. Their own database account could not. A message handler, which must not run twice, waits too.",
  );
  typed(screen, app, "v1");
  const seconds = await app.rollOut("v1");
  screen.line("app v1", `all pods ready after ${seconds} s`);
  signal.throwIfAborted();
  const stage = { app, screen, signal, load: await app.startLoad() };
  screen.line("readers", "20 requests a second from a pod in the cluster, through the Service");

  screen.act(
    "2. Version 2, which needs a new table and a new column",
    "New replicas stand at their gates until the migration is committed; version 1 serves meanwhile, and each of its replicas goes when a new one is ready.",
  );
  const second = await good(stage, "v2");

  screen.act(
    "3. Version 3, which requires what version 2 has added",
    "A pod of version 1 would not bear that: its migrations are of the contract phase. When no old pod is left, a second Job applies them.",
  );
  const third = await good(stage, "v3");

  screen.act(
    "4. Version 4, whose migration is broken",
    "The Job fails and says why; nothing of the broken file stays, the gates remain closed, and version 3 serves on. Only the message handler is away: it is of strategy Recreate, and its messages wait.",
  );
  const broken = await stopped(stage);

  screen.act(
    "5. Version 4.1, which is repaired",
    "The same file with its mistake corrected: nothing has to be cleaned up before.",
  );
  const repaired = await good(stage, "v4.1");
  return [app, [second, third, broken, repaired]];
}

/** Shows the command that rolls a release out, as people would type it. */
function typed(screen: Screen, { at }: TestApp, release: Tag): void {
  const set = `--set global.image.repository=${repositoryOfApp} --set-string global.image.tag=${release}`;
  screen.line("$", `helm upgrade --install test-app examples/test-app/chart -n ${at.namespace} ${set}`);
}

async function good(
  { app, load, screen, signal }: Stage,
  release: "v2" | "v3" | "v4.1",
): Promise<ReleaseFigures> {
  typed(screen, app, release);
  const { load: during, result } = await load.during(async () => {
    const seconds = await app.rollOut(release);
    await app.contracted();
    return seconds;
  });
  signal.throwIfAborted();
  for (const [source, selector] of [
    ["job", MIGRATION],
    ["contract", CONTRACT],
  ] as const) {
    const job = await newestJob(app.at, selector);
    const log = await app.at.kubectl(`logs --selector=job-name=${job} --container=sluice-migrate --tail=-1`);
    for (const line of log.split("\n").filter((one) => /^appl/.test(one))) screen.line(source, line);
  }
  screen.line(`app ${release}`, `all pods new and ready after ${result} s, ${told(during)}`);
  const applied = (await app.blog.versions()).includes(LAST[release]);
  const wrong = applied ? [] : [`the history has no ${LAST[release]}`];
  return { release, seconds: result, load: during, migration: "Complete", wrong };
}

async function stopped({ app, load, screen, signal }: Stage): Promise<ReleaseFigures> {
  const { at } = app;
  typed(screen, app, "v4");
  const { load: during, result } = await load.during(async () => {
    await app.upgrade("v4");
    const job = await newestJob(at, MIGRATION);
    await at.kubectl(`wait job/${job} --for=condition=Failed --timeout=90s`);
    signal.throwIfAborted();
    return reasons(app, job);
  });
  screen.line("$", `kubectl get job ${result.job} -n ${at.namespace} -o jsonpath='{.status.conditions}'`);
  screen.line("job", result.condition);
  screen.line("$", `kubectl describe pod -n ${at.namespace} -l job-name=${result.job}`);
  for (const line of result.termination) screen.line("job", line);
  screen.line("$", `kubectl logs -n ${at.namespace} ${result.pod} -c sluice-gate`);
  screen.line("gate", result.gate);
  screen.line("app v3", `${result.ready} of 3 replicas serve on: ${told(during)}`);
  const wrong = [
    ...(result.ready === "3" ? [] : [`${result.ready} old replicas are ready`]),
    ...((await app.blog.versions()).includes(LAST.v4) ? ["the broken migration counts as applied"] : []),
  ];
  return { release: "v4", seconds: undefined, load: during, migration: "Failed", wrong };
}

/** Where people look for the reason: the Job's condition, its pod's end, the log of a gate that stays closed. */
async function reasons(app: TestApp, job: string) {
  const { at } = app;
  const condition = await at.kubectl(
    `get job ${job}`,
    '--output=jsonpath={range .status.conditions[?(@.type=="Failed")]}{.type}, {.reason}: {.message}{end}',
  );
  const { code, message, hint } = JSON.parse(
    await at.kubectl(
      `get pods --selector=job-name=${job}`,
      "--output=jsonpath={.items[0].status.containerStatuses[0].state.terminated.message}",
    ),
  );
  const pod = await heldPod(app);
  const log = await at.follow(pod, "sluice-gate");
  const [gate] = await log.waitForOutput(/^.*20260401090000.*failed.*\n/m, 60_000);
  log.kill();
  // A replica that answers a probe late is not ready for a moment; where it stays so, the figures tell.
  await app.haveReady(api, 3).catch(() => {});
  const ready = await at.kubectl(`get deployment ${api} --output=jsonpath={.status.readyReplicas}`);
  const termination = [`${code}: ${message}`, `next: ${hint}`];
  return { job, condition, termination, pod, gate: gate.trim(), ready };
}

const told = ({ requests, failed, highestMs }: { requests: number; failed: number; highestMs: number }) =>
  `${requests} requests, ${failed} failed, highest latency ${highestMs} ms`;

/** How to look around in what the demo has made. */
export function lookAround({ at }: TestApp): string[] {
  const n = `-n ${at.namespace}`;
  return [
    `export KUBECONFIG=${at.it.kubeconfig}`,
    `kubectl get pods,jobs ${n}`,
    `kubectl logs ${n} deployment/${api} -c sluice-gate`,
    `kubectl exec ${n} deployment/${api} -c api -- sluice status`,
    `kubectl logs ${n} deployment/${handler}`,
    `helm history test-app ${n}`,
  ];
}
