import type { ErrorEntry } from "../errors.ts";

/** SL305x: rights that the runner or a gate needs on the server. */
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
    message: "this account may not read {schema}.{table}",
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
} as const satisfies Record<string, ErrorEntry>;
