import { type JsonMap, mapsAt, textAt } from "./json.ts";

/** What a gate takes over from a container of the pod, so that it finds the same database by the same account. */
export interface DatabaseEnv {
  readonly env: readonly JsonMap[];
  readonly envFrom: readonly JsonMap[];
  /** Where files are that a variable names. */
  readonly volumeMounts: readonly JsonMap[];
}

/** Variables that say where the database is (docs/reference/connection.md). */
const names = /^(SLUICE_(URL|URL_FILE|HISTORY_SCHEMA|HISTORY_TABLE)|DATABASE_URL(_FILE)?|PG[A-Z_]+)$/;

/**
 * The variables of a container by which Sluice finds a database, those that they refer to by `$(NAME)`, everything
 * that comes by `envFrom` (whose names nobody knows here), and the mounts of files that they name.
 */
export function databaseEnv(container: JsonMap): DatabaseEnv {
  const all = mapsAt(container, "env");
  const wanted = new Set<string>();
  const want = (variable: JsonMap): void => {
    const name = textAt(variable, "name") ?? "";
    if (wanted.has(name)) return;
    wanted.add(name);
    const references = (textAt(variable, "value") ?? "").matchAll(/(?<!\$)\$\(([^()\s]+)\)/g);
    const referred = [...references].map((match) => match[1]);
    for (const one of all) if (referred.includes(textAt(one, "name"))) want(one);
  };
  for (const one of all) if (names.test(textAt(one, "name") ?? "")) want(one);
  const env = all.filter((one) => wanted.has(textAt(one, "name") ?? ""));
  const files = env.flatMap((one) => textAt(one, "value") ?? []).filter((value) => value.startsWith("/"));
  const mounts = mapsAt(container, "volumeMounts");
  const covering = files.map((file) => coveringMount(file, mounts)).filter((mount) => mount !== undefined);
  const volumeMounts = [...new Set(covering)].map((mount): JsonMap => ({ ...mount, readOnly: true }));
  return { env, envFrom: mapsAt(container, "envFrom"), volumeMounts };
}

function coveringMount(file: string, mounts: readonly JsonMap[]): JsonMap | undefined {
  const fitting = mounts.filter((mount) => {
    const path = (textAt(mount, "mountPath") ?? "").replace(/\/+$/, "");
    return path !== "" && (file === path || file.startsWith(`${path}/`));
  });
  const length = (mount: JsonMap) => (textAt(mount, "mountPath") ?? "").length;
  return fitting.sort((a, b) => length(b) - length(a))[0];
}
