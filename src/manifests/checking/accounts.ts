import { databaseEnv } from "../database-env.ts";
import { type JsonMap, mapAt, mapsAt, textAt } from "../json.ts";
import type { Container, Subject } from "./subjects.ts";

/** A Secret, or one key of it. */
export interface SecretUse {
  readonly secret: string;
  /** Undefined: all of its keys. */
  readonly key: string | undefined;
  /** Where it is used, in the container. */
  readonly path: readonly (string | number)[];
  readonly variable: string | undefined;
}

/** Variables of other tools in which an account of a database stands. */
const accountNames = /(^|_)(URL|URI|DSN|USER|USERNAME|PASSWORD|PASSWD|PASS|CONNECTION|CONNECTION_STRING)$/;
const databaseNames =
  /(^|_)(DB|DATABASE|PG|POSTGRES|POSTGRESQL|SLUICE|FLYWAY|LIQUIBASE|MIGRATE|MIGRATION)(_|$)/;

/** Whether a variable says by which account a database is reached. */
function isAccount(name: string, own: ReadonlySet<string>): boolean {
  return own.has(name) || (accountNames.test(name) && databaseNames.test(name));
}

/** Secrets from which a container takes variables. */
export function secretUses({ map }: Container): SecretUse[] {
  const single = mapsAt(map, "env").flatMap((one, index): SecretUse[] => {
    const ref = mapAt(one, "valueFrom", "secretKeyRef");
    const [secret, key] = [textAt(ref, "name"), textAt(ref, "key")];
    if (secret === undefined) return [];
    return [{ secret, key, path: ["env", index], variable: textAt(one, "name") }];
  });
  const whole = mapsAt(map, "envFrom").flatMap((one, index): SecretUse[] => {
    const secret = textAt(one, "secretRef", "name");
    return secret === undefined
      ? []
      : [{ secret, key: undefined, path: ["envFrom", index], variable: undefined }];
  });
  return [...single, ...whole];
}

/** Whether a container says by variables of its own which account it uses; these win over `envFrom`. */
function namesAccount(container: Container): boolean {
  const own = ownNames(container.map);
  return mapsAt(container.map, "env").some((one) => isAccount(textAt(one, "name") ?? "", own));
}

function ownNames(map: JsonMap): Set<string> {
  return new Set(databaseEnv(map).env.map((one) => textAt(one, "name") ?? ""));
}

/**
 * The Secrets that hold the account of a container that migrates: of variables that name a database, else what comes
 * whole by `envFrom`, whose variables nobody knows here.
 */
export function accountSecrets(container: Container): SecretUse[] {
  const uses = secretUses(container);
  if (!namesAccount(container)) return uses.filter(({ key }) => key === undefined);
  const own = ownNames(container.map);
  return uses.filter(({ variable }) => variable !== undefined && isAccount(variable, own));
}

/**
 * Uses in a container of one of these Secrets. One that comes by `envFrom` on both sides counts only where it must be
 * the account: the other container has no Secret of its own, and this one names no other account.
 */
export function sharedUses(container: Container, accounts: readonly SecretUse[]): SecretUse[] {
  const uses = secretUses(container);
  const isWhole = accounts.every(({ key }) => key === undefined);
  const hasOther = accounts.some(({ secret }) => !uses.some((use) => use.secret === secret));
  if (isWhole && (hasOther || namesAccount(container)))
    return uses.filter(
      ({ secret, key, variable }) =>
        !hasOther &&
        key !== undefined &&
        variable !== undefined &&
        isShared({ secret, key }, accounts) &&
        isAccount(variable, new Set(["DATABASE_URL"])),
    );
  return uses.filter((use) => isShared(use, accounts));
}

function isShared(use: { secret: string; key: string | undefined }, accounts: readonly SecretUse[]): boolean {
  return accounts.some(
    ({ secret, key }) =>
      secret === use.secret && (key === use.key || key === undefined || use.key === undefined),
  );
}

/** The ServiceAccount that a workload names. */
export function serviceAccountOf({ pod }: Subject): string | undefined {
  return textAt(pod, "serviceAccountName") ?? textAt(pod, "serviceAccount");
}
