import type { ErrorEntry } from "../errors.ts";

/** SL207x: what `check` finds wrong with what it was given. */
export const checkErrors = {
  SL2070: {
    exit: 2,
    title: "What to check is not said, or said twice",
    message: "check looks at manifests, at a namespace or at the accounts of a database: {given}",
    hint: "Name files or folders (or - for standard input), or give --live, or --database.",
    page: "`sluice check` answers one question at a time: `sluice check FILE...` looks at manifests, `sluice check --live` (or `-n NAMESPACE`) at what stands in a namespace, `sluice check --database` at the accounts of a database. Options of one question are refused for another instead of being passed over. Standard input is read only where `-` says so.",
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
    page: "`--accept` (repeatable, `accept` in sluice.yaml) takes findings out that are meant to be so: all of a rule, or the one about an object (`CODE=KIND/NAME` for manifests). Codes of the other question (SA for accounts, SM for manifests) are passed over, so that one sluice.yaml serves both. A misspelt code would accept nothing, so it is refused. An acceptance that no finding needs any more is reported.",
  },
  SL2074: {
    exit: 69,
    title: "The namespace to check cannot be read now",
    message: "the API server {server} cannot be asked: {reason}",
    hint: "Check that it can be reached from here: `kubectl get deployments` asks the same way.",
    page: "`sluice check --live` lists Deployments, StatefulSets, DaemonSets, Jobs, pods and what belongs to them. The API server could not be reached, broke the connection off, or answered that it is overloaded. The same command can be run again.",
  },
  SL2075: {
    exit: 2,
    title: "The namespace to check may not be read",
    message: "the API server refuses to list {what} in the namespace {namespace}: {reason}",
    hint: "Use an account that may list workloads, such as one bound to the ClusterRole `view`.",
    page: "`sluice check --live` needs `list` on deployments, statefulsets, daemonsets, jobs and pods in the namespace. Secrets are never read. What else it may not list (roles and bindings, HorizontalPodAutoscalers) is left out; for roles the report says that SM009 was not checked.",
  },
  SL2076: {
    exit: 2,
    title: "The namespace to check does not exist",
    message: "there is no namespace {namespace} on {server}",
    hint: "Correct --namespace, or --context where another cluster is meant.",
    page: "`sluice check --live` was given a namespace, or the context names one, that the API server does not have. Nothing stands in it, so that a misspelt name would be a check without findings. An account that may not read the namespace itself does not get this error, but a warning that nothing with pods was found.",
  },
} as const satisfies Record<string, ErrorEntry>;
