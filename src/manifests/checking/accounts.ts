import { databaseEnv } from "../database-env.ts";
import { type JsonMap, mapAt, mapsAt, textAt } from "../json.ts";
import { keyAt, mountedSecrets } from "./mounted-secrets.ts";
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
const accountNames =
  /((^|_)(URL|URI|DSN|USER|USERNAME|PASSWORD|PASSWD|PASS|PWD|CONNECTION|CONNECTION_STRING|CONNECTIONSTRING)$)|^CONNECTIONSTRINGS__/i;
const databaseNames =
  /(^|_)(DB|DATABASE|DATASOURCE|JDBC|PG|POSTGRES|POSTGRESQL|MYSQL|MARIADB|SLUICE|FLYWAY|LIQUIBASE|ALEMBIC|SQLALCHEMY|DBMATE|GOOSE|PRISMA|TYPEORM|MIGRATE|MIGRATION|MIGRATOR|CONNECTIONSTRINGS)(_|$)/i;
/** Accounts of something else. */
const otherNames =
  /(^|_)(SENTRY|REDIS|VALKEY|AMQP|RABBITMQ|KAFKA|NATS|SMTP|MAIL|MAILER|S3|AWS|LDAP|PROXY)(_|$)/i;

/** Whether a variable says by which account a database is reached. */
function isAccount(name: string, own: ReadonlySet<string>): boolean {
  return own.has(name) || (accountNames.test(name) && databaseNames.test(name));
}

/** Whether it may say so: its name does not tell of what the account is. */
function mayBeAccount(name: string): boolean {
  return accountNames.test(name) && !otherNames.test(name);
}

/** Files in which an account stands, by the variables that name them (PostgreSQL documentation, "Environment Variables"). */
const accountFiles =
  /^((SLUICE|DATABASE)_URL_FILE|PGPASSFILE|PGSERVICEFILE|PGSSLKEY|\w+_(PASSWORD|URL)_FILE)$/;

/** Secrets that a container can read: by variables, and in its files. */
function secretUses({ map }: Container, pod: JsonMap): SecretUse[] {
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
  const files = mountedSecrets(map, pod).map(({ secret, key, index }) => ({
    ...{ secret, key, path: ["volumeMounts", index], variable: undefined },
  }));
  return [...single, ...whole, ...files];
}

/** Secrets whose files a container names as its account. */
function namedFiles({ map }: Container, pod: JsonMap): SecretUse[] {
  const mounted = mountedSecrets(map, pod);
  return mapsAt(map, "env").flatMap((one) => {
    const variable = textAt(one, "name") ?? "";
    const path = textAt(one, "value") ?? "";
    if (!accountFiles.test(variable)) return [];
    return mounted.flatMap((mount): SecretUse[] => {
      const key = keyAt(mount, path);
      if (key === undefined) return [];
      return [{ secret: mount.secret, key, path: ["volumeMounts", mount.index], variable }];
    });
  });
}

/** Whether a container says by variables of its own which account it uses; these win over `envFrom`. */
function namesAccount(container: Container): boolean {
  const own = ownNames(container.map);
  return mapsAt(container.map, "env").some((one) => {
    const name = textAt(one, "name") ?? "";
    return isAccount(name, own) || accountFiles.test(name);
  });
}

function ownNames(map: JsonMap): Set<string> {
  return new Set(databaseEnv(map).env.map((one) => textAt(one, "name") ?? ""));
}

/**
 * The Secrets that hold the account of a container that migrates: of variables that name a database and of files that
 * they name; else what comes whole by `envFrom`, whose variables nobody knows here; else of variables that may be it.
 */
export function accountSecrets(container: Container, pod: JsonMap): SecretUse[] {
  const uses = secretUses(container, pod);
  const own = ownNames(container.map);
  if (namesAccount(container))
    return [
      ...uses.filter(({ variable }) => variable !== undefined && isAccount(variable, own)),
      ...namedFiles(container, pod),
    ];
  const whole = uses.filter(({ path }) => path[0] === "envFrom");
  if (whole.length > 0) return whole;
  return uses.filter(({ variable }) => variable !== undefined && mayBeAccount(variable));
}

/**
 * Uses in a container of one of these Secrets. One that comes by `envFrom` on both sides counts only where it must be
 * the account: the other container has no Secret of its own, and this one names no other account.
 */
export function sharedUses(container: Container, pod: JsonMap, accounts: readonly SecretUse[]): SecretUse[] {
  const uses = secretUses(container, pod);
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
