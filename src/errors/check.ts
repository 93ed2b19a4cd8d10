import type { ErrorEntry } from "../errors.ts";

/** SL207x: what `check` finds wrong with what it was given. */
export const checkErrors = {
  SL2070: {
    exit: 2,
    title: "What to check is not said",
    message: "check looks at the accounts of a database, and at nothing else yet: {given}",
    hint: "Run `sluice check --database`, connected as the application's account.",
    page: "`check --database` is the only form of the command that there is today. It says whether the application's account could drop, alter or empty what it uses, and whether it can use what it needs. Manifests cannot be checked yet, so a file or folder is refused instead of being passed over.",
  },
  SL2071: {
    exit: 2,
    title: "A role to check does not exist",
    message: "there is no role {role} on this server",
    hint: "Correct {option}: `SELECT rolname FROM pg_roles` lists the names.",
    page: "`--account` names the application's account and `--migrator` the role that owns the schema. Both are compared exactly with the names in pg_roles, in which upper and lower case differ.",
  },
  SL2072: {
    exit: 2,
    title: "A schema to check does not exist",
    message: "there is no schema {schema} in this database",
    hint: "Correct --schema, or leave it out: then the schemas of the account's search_path are looked at.",
    page: "`--schema` (repeatable) names the schemas that the application works in, exactly as in pg_namespace. A misspelt one would otherwise be a check without findings.",
  },
  SL2073: {
    exit: 2,
    title: "An accepted finding is not of a known rule",
    message: "--accept {text}: there is no rule {code}",
    hint: "Write CODE or CODE=OBJECT, as the finding prints them: --accept SA023=public.countries.",
    page: "`--accept` (repeatable, `accept` in sluice.yaml) takes findings out that are meant to be so: all of a rule, or the one about an object. A misspelt code would accept nothing, so it is refused. An acceptance that no finding needs any more is reported.",
  },
} as const satisfies Record<string, ErrorEntry>;
