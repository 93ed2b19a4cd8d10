import { type ExecFileException, execFile } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Place, SluiceError } from "../../errors.ts";
import type { Credentials, Identity } from "../endpoint.ts";
import type { Env } from "../proxy.ts";
import { type Parsed, parseExecCredential } from "./exec-credential.ts";

/** `users[].user.exec` of a kubeconfig. */
export interface ExecPlugin {
  apiVersion: string;
  /** With a slash a path, else looked up by PATH. */
  command: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  installHint: string | undefined;
  /** Told to the plugin where it asks for it (`provideClusterInfo`). */
  cluster: object | undefined;
  place: Place | undefined;
}

/** A plugin that asks a person would hang. Milliseconds. */
const LONGEST_RUN = 60_000;
/** An answer is given up before it expires, so that it does not expire on its way. Milliseconds. */
const MARGIN = 5000;

/**
 * Credentials from a plugin. It runs at the first request, when its answer has expired, and after a 401; its answer is
 * kept until then. Throws SluiceError SL7006 at once where the program is missing; SL7007 and SL7008 come from
 * `current`.
 */
export function execCredentials(plugin: ExecPlugin, env: Env): Credentials {
  findProgram(plugin, { ...env, ...plugin.env });
  let kept: Parsed | undefined;
  let running: Promise<Parsed> | undefined;
  return {
    async current(): Promise<Identity> {
      if (kept === undefined || (kept.expires !== undefined && kept.expires - MARGIN <= Date.now())) {
        running ??= run(plugin, env).finally(() => {
          running = undefined;
        });
        kept = await running;
      }
      return kept.identity;
    },
    refused() {
      kept = undefined;
      return true;
    },
  };
}

function findProgram(plugin: ExecPlugin, env: Env): void {
  const { command } = plugin;
  const folders = command.includes("/") ? [""] : (env["PATH"] ?? "").split(delimiter).filter(Boolean);
  const paths = folders.map((folder) => (folder === "" ? command : join(folder, command)));
  if (paths.some(isExecutable)) return;
  const there = paths.find(existsSync);
  throw missing(plugin, there === undefined ? "it is not there" : `${there} is not executable`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function missing(plugin: ExecPlugin, reason: string): SluiceError {
  return new SluiceError("SL7006", {
    params: { command: plugin.command, reason },
    ...(plugin.place === undefined ? {} : { place: plugin.place }),
    notes: (plugin.installHint ?? "")
      .split("\n")
      .map((line) => line.trimEnd())
      .filter(Boolean),
  });
}

function run(plugin: ExecPlugin, env: Env): Promise<Parsed> {
  const info = {
    apiVersion: plugin.apiVersion,
    kind: "ExecCredential",
    spec: { interactive: false, ...(plugin.cluster === undefined ? {} : { cluster: plugin.cluster }) },
  };
  const environment = { ...env, ...plugin.env, KUBERNETES_EXEC_INFO: JSON.stringify(info) };
  return new Promise((resolve, reject) => {
    const child = execFile(
      plugin.command,
      [...plugin.args],
      { env: environment, timeout: LONGEST_RUN, maxBuffer: 4 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error !== null) return reject(failure(plugin, error, stderr));
        try {
          resolve(parseExecCredential(stdout, plugin));
        } catch (cause) {
          reject(cause);
        }
      },
    );
    child.stdin?.on("error", () => {}).end();
  });
}

/** Standard error is what the plugin has to say; standard output may hold secrets and is not shown. */
function failure(plugin: ExecPlugin, error: ExecFileException, stderr: string): SluiceError {
  // It was there when the configuration was read: it is being replaced, and may be back.
  const gone = error.code === "ENOENT" || error.code === "EACCES";
  const signal = error.killed ? `it took longer than ${LONGEST_RUN / 1000} s` : `signal ${error.signal}`;
  const ended = typeof error.code === "number" ? `exit status ${error.code}` : signal;
  const reason = gone ? "it is not there any more" : ended;
  const last = stderr
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(-1)[0];
  return new SluiceError("SL7007", {
    params: {
      command: plugin.command,
      reason: last === undefined ? reason : `${reason}: ${last.trim().slice(0, 300)}`,
    },
    notes: stderr
      .split("\n")
      .map((line) => line.trimEnd())
      .filter(Boolean)
      .slice(-6, -1),
  });
}
