import type { ErrorEntry } from "../errors.ts";

/** SL410x and SL412x: going back, and all or nothing. */
export const downErrors = {
  SL4101: {
    exit: 2,
    title: "How far to go back is not said",
    message: "down needs either --to VERSION or --steps N",
    hint: "`sluice down --to VERSION` keeps VERSION and reverts what is above it; `sluice down --steps 1` reverts the last one. With --dry-run either shows what it would do.",
    page: "Reverting deletes data more often than not, so there is no default. `--to VERSION` can be repeated safely: the second time nothing is left to do. `--steps N` counts from what is applied now, each time.",
  },
  SL4102: {
    exit: 2,
    title: "The version to go back to is not known",
    message: "there is no migration {to} to go back to: neither a file nor the history has it",
    hint: "Check the version: everything above it would be reverted. `sluice status` lists what there is; `--to 0` reverts all.",
    page: "`down --to VERSION` keeps VERSION. A misspelt version, one digit short, is below everything, and would revert the whole database. So the version must be one that a file or the history has, or 0.",
  },
  SL4103: {
    exit: 5,
    title: "A migration cannot be reverted",
    message: "migration {version} {name} has no down part, neither in a file nor in the history",
    hint: "Go back to it at most: `sluice down --to {version}`. Or add a down part (`-- sluice:down`) to its file; it may be added to an applied file.",
    page: "A migration without a `-- sluice:down` section is irreversible, and nothing below it can be reverted either. A section without a statement is a down part: it says that nothing has to be done. The down part is not covered by the checksum, so it may be added or corrected after the migration was applied. Nothing was changed.",
  },
  SL4104: {
    exit: 5,
    title: "Below the baseline",
    message:
      "the history begins with baseline {baseline}: what it covers was not applied by Sluice and cannot be reverted",
    hint: "Go back to the baseline at most: `sluice down --to {baseline}`.",
    page: "`sluice baseline V` recorded that everything up to V was there before Sluice. There is no record of what was run for it, so it is never reverted. Nothing was changed.",
  },
  SL4105: {
    exit: 4,
    title: "A half-applied migration is in the way",
    message:
      "migration {version} is half applied ({done} of {total} statements), so what it left cannot be reverted",
    hint: "Finish it with `sluice migrate`, then go back. Or take back by hand what it left and say so with `sluice repair pending {version}`.",
    page: "A down part is written for a complete migration. Of a half-applied one it would find only some of what it is to remove. Nothing was changed.",
  },
  SL4106: {
    exit: 2,
    title: "More steps than migrations",
    message: "--steps {steps} is more than the {applied} migrations that can be reverted",
    hint: "`sluice down --to {floor}` reverts all of them.",
    page: "Counted are the applied migrations above the baseline, if there is one. Nothing was changed.",
  },
  SL4107: {
    exit: 5,
    title: "The history changed in the meantime",
    message: "the history changed while this waited for the lock: {what}",
    hint: "Look again: `sluice status`. Then decide once more.",
    page: "What was shown or counted before the runner lock was taken is not what is there now, because another runner was at work. Nothing was changed.",
  },
  SL4108: {
    exit: 3,
    title: "A down part failed and nothing was changed",
    message: "the down part of migration {version} failed and was rolled back: {reason}",
    hint: "Correct the down part (it may be changed at any time) and run again. The migration still counts as applied.",
    page: "The server refused a statement of a down part. Everything that the down part did was rolled back; the migrations above it are reverted, and this one is applied as before, so gates that need it stay open. A down part is read from the file, or from the history where no file has it.",
  },
  SL4109: {
    exit: 4,
    title: "A down part failed half-way",
    message: "the down part of migration {version} failed half-way: {reason}",
    hint: "Correct the failed statement of the down part, or what is behind it, and run the same command again: it goes on behind the finished statements.",
    page: "The down part runs statement by statement, because its file says `transaction=off` or because PostgreSQL refuses one of its statements inside a transaction. The statements before the failed one are done and stay done; the history says how many. The migration counts neither as applied nor as pending: `migrate` refuses to go on (SL4110) and gates that need it stay closed until `down` has finished. To give up instead, mend the database by hand and say what is true with `sluice repair applied V` or `sluice repair pending V`.",
  },
  SL4110: {
    exit: 4,
    title: "A migration is half reverted",
    message: "migration {version} is half reverted: {done} of {total} statements of its down part are done",
    hint: "Finish it: `sluice down --to {below}`. Or mend the database by hand and say what is true: `sluice repair applied {version}` or `sluice repair pending {version}`.",
    page: "An earlier `sluice down` was interrupted, or failed, in a down part that runs statement by statement. Until it is finished nothing can be applied on top, and no other migration can be reverted. Nothing was changed.",
  },
  SL4120: {
    exit: 2,
    title: "A file cannot be part of one transaction",
    message: "--one-transaction: migration {version} needs to run statement by statement, because {reason}",
    hint: "Run `sluice migrate --to {before}` with --one-transaction first, then this file without it; or run all without --one-transaction.",
    page: "`--one-transaction` applies all pending files or none of them. A file with `transaction=off`, a statement that PostgreSQL refuses inside a transaction (CREATE INDEX CONCURRENTLY, VACUUM), or a half-applied file cannot be rolled back together with the others. Nothing was changed.",
  },
  SL4121: {
    exit: 3,
    title: "A file failed, and all files were rolled back",
    message: "migration {version} failed, and everything that this run did was rolled back: {reason}",
    hint: "Correct the file and run again; nothing of this run is in the database.",
    page: "With `--one-transaction` all pending files are one transaction. Two things work in separate transactions only: a new enum value can be used only after it was committed (55P04), and a table with pending trigger events cannot be altered (55006). Without `--one-transaction` each file is committed on its own.",
  },
} as const satisfies Record<string, ErrorEntry>;
