import type { ErrorEntry } from "../errors.ts";

/** SL205x: what a command finds wrong with what it was given, beyond the form of the options. */
export const commandErrors = {
  SL2050: {
    exit: 2,
    title: "No migration files",
    message: "there is no migration in {dirs}",
    hint: "Check --dir. A first migration is made by `sluice new NAME`.",
    page: "The directory exists but holds no file named `<digits>_<name>.sql`. A volume or ConfigMap that was not mounted looks the same, so this is not taken for `nothing to do`.",
  },
  SL2051: {
    exit: 2,
    title: "Not a version",
    message: "{option} takes a version, the digits at the beginning of a file name, not {text}",
    hint: "For migrations/0042_add_email.sql write 42 or 0042.",
    page: "A version is an integer of any length; leading zeros mean nothing.",
  },
  SL2052: {
    exit: 2,
    title: "Not a name for a migration",
    message: "{name} cannot be the name of a migration",
    hint: "Use letters, digits, blanks, `_` and `-`: `sluice new add_category`.",
    page: "`sluice new` makes the file `<version>_<name>.sql`. Blanks and hyphens become underscores; letters may be of any script. Other characters are refused, since they mean something to a shell, a URL or another tool, and so is a name without any letter or digit.",
  },
  SL2053: {
    exit: 2,
    title: "The migration file cannot be written",
    message: "{file} cannot be written: {reason}",
    hint: "Check the folder and its rights, or choose another with --dir.",
    page: "`sluice new` creates the directory if it is missing and never overwrites a file.",
  },
} as const satisfies Record<string, ErrorEntry>;
