import { dirname, isAbsolute, resolve } from "node:path";
import { SluiceError } from "../../errors.ts";
import type { ExecPlugin } from "../credentials/exec.ts";
import { staticCredentials } from "../credentials/static.ts";
import type { Credentials } from "../endpoint.ts";
import type { Env } from "../proxy.ts";
import { type Entry, type Fields, flagAt, listAt, mappingAt, textAt, wrong } from "./entries.ts";
import { fileAt, sourceAt } from "./source.ts";

const EXEC_VERSIONS: readonly unknown[] = [
  "client.authentication.k8s.io/v1",
  "client.authentication.k8s.io/v1beta1",
];

/** Key of the cluster's extension that is meant for the plugin (Kubernetes documentation, "Authenticating"). */
const EXTENSION = "client.authentication.k8s.io/exec";

/**
 * Who the user of a context is.
 * @param info what a plugin may know of the cluster.
 * @throws SluiceError SL7003, SL7005, SL7006, SL7009, SL7010.
 */
export async function userCredentials(
  user: Entry | undefined,
  cluster: Entry,
  info: () => object,
  env: Env,
  warn: (text: string) => void,
): Promise<Credentials> {
  if (user === undefined) return staticCredentials({});
  const provider = mappingAt(user, "auth-provider");
  if (provider !== undefined)
    throw new SluiceError("SL7009", {
      params: { user: user.name, provider: String(provider["name"] ?? "without a name") },
      place: user.place(["auth-provider"]),
    });
  const inline = textAt(user, "token");
  const token =
    fileAt(user, "tokenFile") ??
    (inline === undefined ? undefined : { text: inline, key: "token", place: user.place(["token"]) });
  const name = textAt(user, "username");
  const basic = name === undefined ? undefined : { user: name, password: textAt(user, "password") ?? "" };
  const cert = sourceAt(user, "client-certificate");
  const key = sourceAt(user, "client-key");
  if ((cert === undefined) !== (key === undefined))
    throw wrong(
      user,
      [cert === undefined ? "client-key" : "client-certificate"],
      "certificate and key need each other",
    );
  // As client-go: a token or password at hand makes the plugin needless.
  if (mappingAt(user, "exec") === undefined || token !== undefined || basic !== undefined) {
    const pair = cert && key && (await import("../credentials/pair.ts")).createPair(cert, key, warn);
    const credentials = staticCredentials({ token, basic, pair });
    await credentials.current();
    return credentials;
  }
  const { execCredentials } = await import("../credentials/exec.ts");
  return execCredentials(pluginOf(user, cluster, info), env);
}

/** `as` and its neighbours: who asks to be somebody else must not silently be himself. */
export function userHeaders(user: Entry | undefined): Record<string, string> {
  if (user === undefined) return {};
  const headers: Record<string, string> = {};
  const name = textAt(user, "as");
  const uid = textAt(user, "as-uid");
  const groups = listAt(user, "as-groups");
  const extra = mappingAt(user, "as-user-extra");
  if (name !== undefined) headers["impersonate-user"] = name;
  if (uid !== undefined) headers["impersonate-uid"] = uid;
  if (groups.length === 1) headers["impersonate-group"] = String(groups[0]);
  // One header each, which fetch would join with commas into one.
  if (groups.length > 1) throw wrong(user, ["as-groups"], "more than one group is not supported");
  for (const [key, values] of Object.entries(extra ?? {})) {
    if (!Array.isArray(values) || values.length !== 1)
      throw wrong(user, ["as-user-extra"], "needs one value a key");
    headers[`impersonate-extra-${encodeURIComponent(key)}`] = String(values[0]);
  }
  return headers;
}

function pluginOf(user: Entry, cluster: Entry, info: () => object): ExecPlugin {
  const command = textAt(user, "exec", "command");
  const apiVersion = textAt(user, "exec", "apiVersion");
  if (command === undefined) throw wrong(user, ["exec", "command"], "it is missing");
  if (apiVersion === undefined || !EXEC_VERSIONS.includes(apiVersion))
    throw wrong(user, ["exec", "apiVersion"], `it should be one of ${EXEC_VERSIONS.join(", ")}`);
  if (textAt(user, "exec", "interactiveMode") === "Always")
    throw wrong(user, ["exec", "interactiveMode"], "the plugin needs a terminal, and Sluice gives it none");
  const env = listAt(user, "exec", "env").map((one) => {
    const { name, value } = (one ?? {}) as Fields;
    if (typeof name !== "string") throw wrong(user, ["exec", "env"], "an entry without a name");
    return [name, String(value ?? "")];
  });
  return {
    apiVersion,
    command: /[/\\]/.test(command) ? fromFolder(user.file, command) : command,
    args: listAt(user, "exec", "args").map(String),
    env: Object.fromEntries(env),
    installHint: textAt(user, "exec", "installHint"),
    cluster: flagAt(user, "exec", "provideClusterInfo") ? { ...info(), ...extensionOf(cluster) } : undefined,
    place: user.place(["exec", "command"]),
  };
}

function fromFolder(file: string, command: string): string {
  return isAbsolute(command) ? command : resolve(dirname(file), command);
}

function extensionOf(cluster: Entry): { config?: unknown } {
  const extensions = listAt(cluster, "extensions") as readonly (Fields | null)[];
  const config = extensions.find((one) => one?.["name"] === EXTENSION)?.["extension"];
  return config === undefined ? {} : { config };
}
