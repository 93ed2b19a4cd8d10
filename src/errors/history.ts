import type { ErrorEntry } from "../errors.ts";

/** SL305x and SL306x: what the runner or a gate needs of the server. */
export const historyErrors = {
  SL3052: {
    exit: 2,
    title: "The history table cannot be created",
    message: "this account may not create {schema}.{table}",
    hint: "Grant it (GRANT CREATE ON SCHEMA {schema} TO ...), use an account that owns the schema, or choose another place with --history-schema.",
    page: "Sluice records what it applied in one table of the target database. From PostgreSQL 15 on only the owner of a database may create tables in its schema `public`. A schema named by `--history-schema` that does not exist is created, which takes CREATE on the database.",
  },
  SL3053: {
    exit: 2,
    title: "The history table cannot be read",
    message: "this account may not read {schema}.{table}: {reason}",
    hint: "Let the runner grant it: `sluice migrate --grant ROLE`, or `readers: [ROLE]` in sluice.yaml.",
    page: "A gate needs USAGE on the schema of the history and SELECT on its columns, nothing else. The runner grants both to the roles that `--grant` or `readers` name, also when no migration is pending.",
  },
  SL3054: {
    exit: 2,
    title: "The server is read-only",
    message: "there is work to do, but the server accepts no writes",
    hint: "Connect to the primary: with several hosts add target_session_attrs=read-write to the URL.",
    page: "The connection led to a standby, or `default_transaction_read_only` is on for this role, database or server. Where nothing is pending a read-only server is fine.",
  },
  SL3055: {
    exit: 2,
    title: "A reader does not exist",
    message: "there is no role {role} to grant the history to",
    hint: "Create the role first, or correct --grant (`readers` in sluice.yaml).",
    page: "`--grant` and `readers` name database roles that may read the history, normally the application's account. Names are compared exactly, as in pg_roles.",
  },
  SL3056: {
    exit: 2,
    title: "The history cannot be granted to its readers",
    message: "this account may not grant the history to {roles}",
    hint: "Let the owner of the schema and the table run `sluice migrate --grant`, or grant USAGE and SELECT by hand.",
    page: "Granting takes ownership of the table, and of the schema for USAGE where the role does not have it already.",
  },
  SL3057: {
    exit: 2,
    title: "The database cannot be created",
    message: "{user} may not create the database {database}",
    hint: "Create it with an account that may (CREATEDB), or grant that: ALTER ROLE {user} CREATEDB.",
    page: "`--create-database` connects to the maintenance database `postgres`, else `template1`, and creates the database of the URL where it is missing.",
  },
  SL3058: {
    exit: 2,
    title: "The history cannot be written",
    message: "there is work to do, but this account may only read {schema}.{table}",
    hint: "Use the account that owns the history, or grant it: GRANT INSERT, UPDATE, DELETE ON {schema}.{table} TO ...",
    page: "Each migration is recorded in the transaction that applies it, so the runner needs INSERT, UPDATE and DELETE on the history. A reader, as `--grant` makes one, has SELECT only. The runner's account is the one that may change the schema; the application's account is for gates.",
  },
  SL3060: {
    exit: 2,
    title: "A pooler in transaction mode is in between",
    message:
      "this address leads to a connection pooler in transaction mode, where a session's lock and settings belong to nobody",
    hint: "Connect to the server itself ({address}), or to a pool in session mode; where that cannot be, use --lock lease.",
    page: "In transaction mode (PgBouncer, Supavisor, RDS Proxy, pgcat) each transaction may run in another backend. Two runners would both get the advisory lock, it would stay behind when they are gone, and a SET would reach other clients. Sluice recognises it before anything is changed: the backend is not the one that the connection was made to, and a second connection gets the same one. With `--lock lease` a row with a token takes the place of the lock, and each transaction checks it.",
  },
  SL3061: {
    exit: 2,
    title: "A pooler is in between",
    message: "this address leads to a connection pooler, as far as can be seen in session mode",
    hint: "Connect to the server itself ({address}). If the pool really is in session mode, say so: --pooler session.",
    page: "The backend is not the one that the connection was made to, but a second connection gets another backend. A pool in session mode behaves like that, and works. A busy pool in transaction mode may look the same for a moment, so Sluice wants to be told.",
  },
  SL3062: {
    exit: 2,
    title: "The role to run as does not exist",
    message: "there is no role {role} to run as",
    hint: "Create it (CREATE ROLE {roleSql} NOLOGIN), or correct --role (`role` in sluice.yaml, SLUICE_ROLE).",
    page: "`--role` names the role that the migrations run as, by SET ROLE, and that owns what they make. Names are compared exactly, as in pg_roles: upper and lower case differ. Nothing was changed. How the accounts are set up: [the guide](../guides/accounts.md).",
  },
  SL3063: {
    exit: 2,
    title: "The role to run as may not be set",
    message: "{login} may not run as {role}: it is no member, or a member without SET",
    hint: "Make it one: GRANT {roleSql} TO {loginSql}. From PostgreSQL 16 on a membership granted WITH SET FALSE is not enough.",
    page: "SET ROLE takes a membership in the role, direct or by others. From PostgreSQL 16 on each membership has the options INHERIT, SET and ADMIN of its own: SET is needed, INHERIT is not. The application's account must not be a member. Nothing was changed. How the accounts are set up: [the guide](../guides/accounts.md).",
  },
  SL3064: {
    exit: 75,
    title: "The history could not be read in time",
    message: "{schema}.{table} could not be read: {reason}",
    hint: "Another session locks it, and a time-out of the server or of this account ended the wait. Try again.",
    page: "Before it takes the lock Sluice reads the history with the time-outs that the server, the database or the role sets. A session that holds the table locked (a restore, an upgrade of the history, a manual LOCK) lets such a read run into them.",
  },
} as const satisfies Record<string, ErrorEntry>;
