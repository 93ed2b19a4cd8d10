import type { ErrorEntry } from "../errors.ts";

/** SL40xx: what the engine finds in files and history, and what happens while it applies them. */
export const engineErrors = {
  SL4001: {
    exit: 2,
    title: "Transaction control in a transactional file",
    message: "{statement}: a migration runs in one transaction that Sluice begins and commits",
    hint: "Remove the statement. To run without a transaction put `-- sluice: transaction=off` at the top of the file.",
    page: "A file runs in one transaction together with its row in the history, so either all of it is done and recorded or none of it. A COMMIT in the middle would break that apart: a crash behind it would leave half a migration that no record mentions. BEGIN, COMMIT, ROLLBACK, PREPARE TRANSACTION and SET TRANSACTION are refused before anything is sent. Savepoints are allowed.",
  },
  SL4002: {
    exit: 2,
    title: "Transaction control or PREPARE in a file that runs statement by statement",
    message:
      "{statement}: a file that runs statement by statement can neither control transactions nor prepare statements",
    hint: "Remove the statement: each statement is committed with its progress. Put what must happen together into a file of its own.",
    page: "A file runs statement by statement when it says `transaction=off` or holds a statement that PostgreSQL refuses inside a transaction, such as CREATE INDEX CONCURRENTLY. After a crash it goes on behind the last finished statement, in a new session, where an open transaction, a savepoint or a prepared statement of the old one no longer exists.",
  },
  SL4003: {
    exit: 2,
    title: "A statement that drops the runner lock",
    message:
      "{statement}: this releases every session-level advisory lock, and with it the lock of this runner",
    hint: "Remove it, or name what is meant: DISCARD TEMP, DISCARD PLANS, pg_advisory_unlock(KEY).",
    page: "The session that executes the statements holds the lock that keeps a second runner away. DISCARD ALL and pg_advisory_unlock_all() drop it in the middle of the run.",
  },
  SL4004: {
    exit: 2,
    title: "Temporary object in a file that runs statement by statement",
    message: "{statement}: a temporary object is gone when a half-applied file is continued in a new session",
    hint: "Use an ordinary table and drop it at the end, or move these statements into a file that runs in one transaction.",
    page: "After a crash a file that runs statement by statement goes on behind its last finished statement, in a new session. Temporary tables, views and sequences and cursors of the old session do not exist there. SET and SET ROLE are replayed; these cannot be.",
  },
  SL4005: {
    exit: 2,
    title: "CREATE INDEX CONCURRENTLY without a name",
    message: "{statement}: run again after a crash, an index without a name would be built twice",
    hint: "Give the index a name: CREATE INDEX CONCURRENTLY name ON ...",
    page: "Without a name PostgreSQL chooses one, and the next free one at the second time. Sluice could not tell whether the statement took effect before a crash.",
  },
  SL4006: {
    exit: 2,
    title: "A migration in which nothing is written yet",
    message: "migration {version} is still as `sluice new` made it",
    hint: "Write the change in the place of the comment, or remove the file. One that is to do nothing says so: replace the comment by your own.",
    page: "Applied as it is, the file would count as done and be bound by its checksum, so that the change that is written into it later could never run (SL4010). An up part without a statement is otherwise applied with a warning. Only a file that `sluice new` made and nobody has touched is refused: above its down part stands nothing but directives and `-- Write the change here.` Nothing was changed by this run.",
  },
  SL4010: {
    exit: 5,
    title: "An applied migration was changed",
    message: "migration {version} was changed after it was applied",
    hint: "Restore the file as it was and put the change into a new migration. If the change means nothing (a comment), accept it with `sluice repair checksum {version}`.",
    page: "The history keeps the SHA-256 of the up part of every applied file (without BOM, CRLF as LF, comments included). A file that differs would never run again, so the database and the directory would say different things from now on. Nothing was changed by this run.",
  },
  SL4011: {
    exit: 5,
    title: "Migration out of order",
    message: "migration {version} is not applied, but {top} of the same phase ({phase}) is",
    hint: "Give the file a version above {top}, or, if it does not depend on the order, put `-- sluice: out-of-order` at its top.",
    page: "This happens when a branch with an older version is merged after a newer one was deployed. The migration was written against a schema without the newer one, so running it now may or may not do what its author saw. Order is judged within a phase: an expand migration may follow a contract migration with a higher version. Nothing was changed by this run.",
  },
  SL4012: {
    exit: 5,
    title: "The history belongs to a newer Sluice",
    message: "{table} needs a Sluice that can {verb} version {needed} of it; this one knows version {known}",
    hint: "Use the Sluice version that made the release running now, or a newer one.",
    page: "The history table carries, row by row, the oldest version that may read it and write beside it (`min_reader`, `min_writer`). Upgrades normally add nullable columns only and raise neither; this one did.",
  },
  SL4013: {
    exit: 5,
    title: "The database is past a breaking migration",
    message:
      "the database has migration {version} {name}, which this directory does not know and which is marked breaking",
    hint: "Deploy a version of the application that knows migration {version}, or revert it first.",
    page: "A database that is ahead of the files is normal while a release is rolled back or two versions run side by side, and Sluice goes on with a warning. A migration that says `-- sluice: breaking` declares that versions which do not know it must not run.",
  },
  SL4014: {
    exit: 2,
    title: "The target is below what is applied",
    message: "--to {to} is below migration {top}, which is applied; migrate only goes up",
    hint: "To go back type `sluice down --to {to}`, which keeps {to} and reverts what is above.",
    page: "`migrate --to V` stops at V on the way up. Nothing was changed.",
  },
  SL4015: {
    exit: 2,
    title: "The target is not in the directory",
    message: "there is no migration {to}: the last one in the directory is {last}",
    hint: "Check the version and --dir; `sluice status` lists what there is.",
    page: "`--to` takes a version, the digits at the beginning of a file name. Leading zeros mean nothing.",
  },
  SL4016: {
    exit: 5,
    title: "A contract migration waits for an expand migration",
    message: "contract migration {version} cannot run while the lower expand migration {lower} is pending",
    hint: "Run `sluice migrate --phase expand` first, deploy, then the contract phase.",
    page: "A contract migration takes away what older versions of the application still used. An expand migration below it has not run, so neither has the version of the application that needs it. Nothing was changed.",
  },
  SL4017: {
    exit: 5,
    title: "A required migration is missing",
    message:
      "migration {version} requires {required}, which is neither applied nor run before it in this run",
    hint: "Run {required} first: with `--phase contract` if it is a contract migration, or without --phase.",
    page: "`-- sluice: requires=VERSION` says that a migration builds on another one. It is checked before anything is changed.",
  },
  SL4020: {
    exit: 3,
    title: "A statement failed and nothing was left behind",
    message: "migration {version} failed and was rolled back: {reason}",
    hint: "Correct the file and run again; nothing of it is in the database.",
    page: "The server refused a statement. The whole file was rolled back, the migrations before it stay applied, and the history has a row with state `failed` and this error. Gates stay closed and the old version of the application goes on.",
  },
  SL4021: {
    exit: 4,
    title: "A statement failed half-way",
    message: "migration {version} failed half-way: {reason}",
    hint: "Correct the failed statement, or what is behind it, and run again: the run goes on behind the finished statements. Do not change those.",
    page: "The file runs statement by statement, because it says `transaction=off` or because PostgreSQL refuses one of its statements inside a transaction. The statements before the failed one are done and stay done; the history says how many. An interrupted CREATE INDEX CONCURRENTLY leaves an INVALID index, which the next run drops and builds again.",
  },
  SL4022: {
    exit: 4,
    title: "It cannot be seen whether a statement took effect",
    message: "migration {version} was interrupted in {statement}: {what}",
    hint: "Look at the database. If the statement took effect: `sluice repair applied {version}` counts it as done; if not: `sluice repair pending {version}` runs it again.",
    page: "The statement cannot run in a transaction, so it was recorded before it was sent. The runner died before the answer came, and the catalogue does not show whether it took effect. Running it twice or skipping it could both be wrong, so a person decides.",
  },
  SL4023: {
    exit: 4,
    title: "A finished statement of a half-applied file was changed",
    message:
      "statement {number} of migration {version} was changed, but it has run: {done} statements are done",
    hint: "Restore the statement as it was. Corrections go behind the finished statements.",
    page: "A half-applied file is continued behind its finished statements, which the history knows by their hashes. If one of them reads differently now, the file no longer says what was done to the database.",
  },
  SL4030: {
    exit: 75,
    title: "No lock within the lock budget",
    message: "gave up after {budget}: {reason}",
    hint: "Nothing waits any more and nothing was left behind. Look at the sessions above, then run again, or give it more time with --lock-budget.",
    page: "Each try waits for locks for at most --lock-timeout in all, then everything is rolled back, so that the application's statements that queued up behind it go through, and tries again after a pause. The sessions in the way were seen in pg_stat_activity during the last try.",
  },
  SL4031: {
    exit: 75,
    title: "Another runner holds the lock",
    message: "the runner lock was not free within {waited}",
    hint: "Look at that session. If it works, give this run more time with --lock-wait.",
    page: "One runner at a time works on one history. The lock belongs to the database session that executes the statements, and the server frees it when that session ends; there is no stale lock to remove. If the holder's client is dead, its statement still runs to its end.",
  },
  SL4032: {
    exit: 69,
    title: "The connection was lost during the run",
    message: "the connection to {target} was lost during the run and could not be kept",
    hint: "Run again when the database is back: what was committed is recorded, and the run goes on from there.",
    page: "The server was shut down, failed over, or the network was cut. Sluice reconnects and takes the lock again, which is free only when the earlier session is gone, and reads in the history what became of the file in flight. It gave up after several times.",
  },
  SL4033: {
    exit: 75,
    title: "The lease was taken over",
    message:
      "this runner gave no sign of life for so long that another one took its lease; nothing more was sent",
    hint: "Run again: the history says what was done. If runners are frozen or starved often, give them more time with --lease.",
    page: "With `--lock lease` the lock is a row with a token. Each transaction checks the token and holds the row until it ends, so a runner that was taken over cannot commit. What it had committed before is recorded.",
  },
  SL4034: {
    exit: 2,
    title: "A statement-wise file that needs its session",
    message:
      "{statement}: with --lock lease each statement of migration {version} may run in another session, which has not seen this",
    hint: "Put the setting into the statement itself (schema-qualified names, ALTER ... OWNER TO), or connect without a transaction pooler.",
    page: "Behind a pooler in transaction mode a session lasts for one transaction. A file that runs in one transaction may use SET; one that runs statement by statement may not.",
  },
  SL4035: {
    exit: 4,
    title: "The server refused what Sluice does around a file",
    message: "migration {version} could not be carried on: {reason} (SQLSTATE {sqlstate})",
    hint: "`sluice status` shows how far the migration is. Mend the cause and run again.",
    page: "The refused statement was not one of the file's: it sets the session of a half-applied file up again (SET ROLE to a role that was dropped since), clears away what an interrupted statement left, or writes the history. What was finished before is recorded, and the next run goes on behind it.",
  },
  SL4007: {
    exit: 3,
    title: "The deadline has passed",
    message: "not done within {deadline} (--deadline)",
    hint: "look at what took so long; run it again, with a longer --deadline where that is right: what was committed stays and is not done twice",
    page: `\`--deadline\` bounds the whole run: waiting for the database and the lock, and all files. When it has passed, the run does what
it does after SIGTERM: the statement in flight may finish within \`--grace\`, then it is cancelled, the state is recorded, the lock
is released. The exit status is 3, so that a Job with the usual \`podFailurePolicy\` fails at once instead of trying again.

In a Job it should be shorter than \`activeDeadlineSeconds\`: past that Kubernetes removes the pod, and with it log and
termination message.`,
  },
} as const satisfies Record<string, ErrorEntry>;
