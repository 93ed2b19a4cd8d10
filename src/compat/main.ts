import { formatPlace, SluiceError } from "../errors.ts";
import { waitForAll } from "../gate/gate.ts";
import { clusterOf } from "../gate/kubernetes/cluster.ts";
import { connectKubernetes } from "../kubernetes/connect.ts";
import { getInstead } from "./get-instead.ts";
import { readyLine, waitingLine } from "./lines.ts";
import { membersCondition } from "./members.ts";
import { type Env, type Request, readRequest } from "./request.ts";
import { serviceCondition } from "./service.ts";

/** What it needs of the process. */
export interface Process {
  args: readonly string[];
  env: Env;
  /** argv[0]: usage names itself by it. */
  program: string;
  stdout: { write(text: string): void };
  stderr: { write(text: string): void };
  signal: AbortSignal;
}

/** Sluice as `wait_for.sh`. Returns one of the two exit statuses of k8s-wait-for: 0 ready, 1 anything else. */
export async function waitFor(own: Process): Promise<0 | 1> {
  const request = readRequest(own.args, own.env, own.program.split("/").at(-1) ?? "wait_for.sh");
  if (!("kind" in request)) {
    if (request.output !== undefined) own.stdout.write(request.output);
    if (request.error !== undefined) own.stderr.write(`${request.error}\n`);
    return 1;
  }
  try {
    await wait(request, own);
    return 0;
  } catch (error) {
    // Who ends it by a signal knows why.
    if (!own.signal.aborted) own.stderr.write(`${textOf(error)}\n`);
    return 1;
  }
}

async function wait(request: Request, { env, stdout, stderr, signal }: Process): Promise<void> {
  const warn = (text: string) => stderr.write(`warning: ${text}\n`);
  const debug = (text: string) => {
    if (request.debug >= 1) stderr.write(`${text}\n`);
  };
  request.warnings.forEach(warn);
  const { namespace, context, kubeconfig } = request;
  const client = getInstead(await connectKubernetes({ env, namespace, context, kubeconfig, warn }));
  const cluster = clusterOf(client, debug);
  debug(`API server ${client.server}, namespace ${client.namespace}`);
  const condition =
    request.kind === "service" ? serviceCondition(request, cluster) : membersCondition(request, cluster);

  const sayWaiting = () => stdout.write(waitingLine(request.label, new Date()));
  let timer: ReturnType<typeof setInterval> | undefined;
  const begin = () => {
    if (timer !== undefined) return;
    sayWaiting();
    timer = setInterval(sayWaiting, request.every);
  };
  // Nothing is said where it is ready at once, as in k8s-wait-for; but a server that is silent is worth a line.
  const first = setTimeout(begin, Math.min(request.every, 2000));
  try {
    const { targets } = await waitForAll([condition], {
      timeout: undefined,
      failFast: false,
      signal,
      say(_, reason, __, advice) {
        begin();
        stderr.write(`${reason}\n`);
        for (const line of advice ?? []) stderr.write(`${line}\n`);
      },
    });
    for (const { note } of targets) if (note !== undefined) stderr.write(`${note}\n`);
    stdout.write(readyLine(request.label, new Date()));
  } finally {
    clearTimeout(first);
    clearInterval(timer);
    client.close();
  }
}

function textOf(error: unknown): string {
  if (error instanceof SluiceError) {
    const place = error.place === undefined ? [] : [`--> ${formatPlace(error.place)}`];
    return [`error: ${error.message} (${error.code})`, ...place, ...error.notes, error.hint].join("\n");
  }
  return `error: ${error instanceof Error ? error.message : String(error)}`;
}
