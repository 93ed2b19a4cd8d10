import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ApiServerSpec, accessOf, apiServerDaemon, startApiServer } from "./apiserver.ts";
import { ensureBuilt } from "./build.ts";
import { controllerManagerDaemon, startControllerManager } from "./controllers.ts";
import { openCredentials } from "./credentials.ts";
import { compactEtcd, etcdDaemon, etcdUrl, startEtcd } from "./etcd.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { kubectl } from "./kubectl.ts";
import { kubeconfigPath } from "./paths.ts";
import { freePort } from "./ports.ts";
import { killDaemon, pidOf, signalDaemon, stopDaemon } from "./processes.ts";
import { get, until } from "./readiness.ts";
import { tether } from "./tether.ts";

export interface ControlPlaneOptions {
  /**
   * Default false: nothing but what a test writes changes an object, and pods need no ServiceAccount. True: all
   * controllers; a list: those of these names, as `--controllers` takes them ("job", "-job").
   */
  controllers?: boolean | readonly string[];
  /** Default true. False: each list and watch goes to etcd, so that `compactEtcd` is followed by 410 at once. */
  watchCache?: boolean;
  /** Where the API server listens. Default 127.0.0.1. */
  address?: "127.0.0.1" | "::1";
  /** For the API server, after its others, so that they win: "--min-request-timeout=5". */
  flags?: readonly string[];
  /**
   * Default: a new folder, removed in the end, whose processes end with this one. One that is given is kept with its
   * data for the next, and what runs there is ended by `stop` only.
   */
  stateDir?: string;
}

export interface ControlPlane {
  /** "https://ADDRESS:PORT"; the port stays the same for as long as this control plane lives. */
  readonly server: string;
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  readonly stateDir: string;
  /** PEM of the authority that signed the server's certificate. */
  readonly ca: string;
  /** Undefined while it does not run. */
  readonly apiServerPid: number | undefined;
  readonly etcdPid: number | undefined;
  /** SIGKILL; resolves when it is gone. Open connections are reset. */
  killApiServer(): Promise<void>;
  /** SIGSTOP: connections stay open and nothing comes. Go on with `resumeApiServer`. */
  pauseApiServer(): void;
  resumeApiServer(): void;
  /** SIGTERM, the orderly end: watches are ended cleanly. */
  stopApiServer(): Promise<void>;
  /** Starts it again on the same port and data; resolves when it is ready. With other flags where some are given. */
  startApiServer(flags?: readonly string[]): Promise<void>;
  /** Forgets old revisions; returns the newest, from which a watch still goes on. See `watchCache`. */
  compactEtcd(): Promise<string>;
  /** Writes a kubeconfig with a client certificate of that user, who has no rights but those a test gives. */
  kubeconfigFor(user: string, groups?: readonly string[]): string;
  /** Runs kubectl as the administrator to its end, 60 s at most; returns its output, throws when it fails. */
  kubectl(args: readonly string[], input?: string): Promise<string>;
  /** Ends everything; removes the folder unless it was given. */
  stop(): Promise<void>;
}

/**
 * Starts etcd and an API server, and controllers when asked for, on free ports of loopback: for tests that write the
 * states of Jobs and Pods by hand, and for faults. Needs no root; any number at once. Builds them the first time
 * (minutes), then is ready in about three seconds. It ends with this process, also by SIGKILL.
 */
export async function controlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const { controllers = false, watchCache = true, address = "127.0.0.1" } = options;
  const executable = await ensureBuilt(["etcd", "kubernetes"]);
  const stateDir = options.stateDir ?? mkdtempSync(join(tmpdir(), "sluice-control-plane-"));
  const release = options.stateDir === undefined ? tether(stateDir) : undefined;
  const credentials = openCredentials(stateDir);
  const etcdPorts = { client: await freePort(), peer: await freePort() };
  const flags = [
    // No node has this address: it only must not be loopback, and without an interface none would be found.
    "--advertise-address=198.18.1.1",
    "--endpoint-reconciler-type=none",
    // It refuses pods in a namespace without a ServiceAccount, which a controller would make.
    ...(controllers === false ? ["--disable-admission-plugins=ServiceAccount"] : []),
    ...(watchCache ? [] : ["--watch-cache=false"]),
  ];
  const spec = (more: readonly string[]): ApiServerSpec => ({ ...base, flags: [...flags, ...more] });
  const base: ApiServerSpec = {
    stateDir,
    file: executable("kube-apiserver"),
    credentials,
    etcd: etcdUrl(etcdPorts),
    address,
    port: await freePort(address),
    serviceRange: "198.19.0.0/24",
  };
  const access = accessOf(base);
  const kubeconfig = kubeconfigPath(stateDir);
  const apiServer = apiServerDaemon(stateDir);

  async function stop(): Promise<void> {
    // In this order: an API server that has lost etcd hangs in its own end for minutes and keeps its port.
    signalDaemon(apiServer, "SIGCONT");
    await stopDaemon(controllerManagerDaemon(stateDir));
    await stopDaemon(apiServer);
    await stopDaemon(etcdDaemon(stateDir));
    await release?.();
    if (release) rmSync(stateDir, { recursive: true, force: true });
  }

  try {
    writeKubeconfig(kubeconfig, access);
    await startEtcd(stateDir, executable("etcd"), etcdPorts);
    await startApiServer(spec(options.flags ?? []));
    await until(
      "namespace default",
      async () => (await get(access, "/api/v1/namespaces/default")).status === 200,
    );
    if (controllers !== false) {
      const named = controllers === true ? {} : { controllers };
      await startControllerManager({
        stateDir,
        file: executable("kube-controller-manager"),
        credentials,
        access,
        ...named,
      });
    }
    if (controllers === true) {
      const account = "/api/v1/namespaces/default/serviceaccounts/default";
      await until("ServiceAccount default", async () => (await get(access, account)).status === 200);
    }
  } catch (error) {
    await stop();
    throw error;
  }

  return {
    server: access.server,
    kubeconfig,
    stateDir,
    ca: access.ca,
    get apiServerPid() {
      return pidOf(apiServer);
    },
    get etcdPid() {
      return pidOf(etcdDaemon(stateDir));
    },
    killApiServer: () => killDaemon(apiServer),
    pauseApiServer: () => void signalDaemon(apiServer, "SIGSTOP"),
    resumeApiServer: () => void signalDaemon(apiServer, "SIGCONT"),
    stopApiServer: () => stopDaemon(apiServer),
    startApiServer: async (other = options.flags ?? []) => void (await startApiServer(spec(other))),
    compactEtcd: () => compactEtcd(etcdPorts),
    kubeconfigFor(user, groups = []) {
      const request = { commonName: user, organizations: groups };
      const { cert, key } = credentials.pair(
        `user-${encodeURIComponent([user, ...groups].join("+"))}`,
        request,
      );
      const path = join(stateDir, `${encodeURIComponent(user)}.kubeconfig`);
      writeKubeconfig(path, { ...access, cert, key });
      return path;
    },
    kubectl: (args, input) => kubectl(executable("kubectl"), kubeconfig, args, input),
    stop,
  };
}
