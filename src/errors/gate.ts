import type { ErrorEntry } from "../errors.ts";

/** SL50xx: the gate. */
export const gateErrors = {
  SL5001: {
    exit: 124,
    title: "The gate did not open in time",
    message: "not open after {timeout}: {reasons}",
    hint: "Look at the reason. In a pod leave --timeout away: a gate that ends makes the kubelet restart it with growing pauses.",
    page: "`--timeout` bounds the wait, for scripts and CI. Without it a gate ends only when it opens, on wrong usage, or by a signal. The last reason of each target that did not hold is part of the message.",
  },
  SL5002: {
    exit: 2,
    title: "Nothing is required",
    message:
      "the gate would open at once: the directory holds no expand migration and no --require names one",
    hint: "Check --dir: an empty mount or a wrong path looks like this. Name versions with --require where the files are elsewhere.",
    page: "A gate asks for every expand migration of its directory and for what these require. An empty list would always be satisfied, so a volume that was not mounted would let pods start against an old schema. This is never taken as open.",
  },
  SL5003: {
    exit: 3,
    title: "What the gate waits for has failed",
    message: "{target} has failed: {reason}",
    hint: "Look at the reason; repair what failed, and start it again.",
    page: "With `--fail-fast` a gate ends when what it waits for has failed. Without it the gate stays closed and goes on looking: a repaired release may come.",
  },
  SL5004: {
    exit: 5,
    title: "The gate cannot open with this version of the application",
    message: "{target} does not fit: {reason}",
    hint: "Roll out the version of the application that belongs to the database, or restore the migration file.",
    page: "A required migration was applied from another text, or the database is past a migration marked `breaking` that this version does not know. With `--fail-fast` a gate ends on that; without it, it stays closed and goes on looking.",
  },
  SL5005: {
    exit: 2,
    title: "Unknown wait target",
    message: "{target} is nothing that sluice can wait for",
    hint: "{suggestion}",
    page: "`sluice wait` takes one or more targets: `schema`, `run/ID`, `database`, `tcp://HOST:PORT`, `http://URL`, `https://URL`; and of Kubernetes `job/NAME`, `pod/NAME`, `service/NAME`, `deployment/NAME`, `statefulset/NAME`, `daemonset/NAME`, `job -l SELECTOR`, `pod -l SELECTOR`. The words are those of kubectl: `jobs/x`, `deploy/x`, `job.batch/x` mean the same. A word that is none of them would wait for ever, so it ends the command at once.",
  },
  SL5006: {
    exit: 2,
    title: "A wait target has the wrong form",
    message: "{target}: {problem}",
    hint: "{suggestion}",
    page: "The kind of target is known, but what stands behind it cannot be: a name that no object in Kubernetes can have (RFC 1123: lower-case letters, digits, hyphens, dots), a missing name, an address without a port. It would keep the gate closed for ever, so it ends the command at once. A namespace is given by `-n`, not as part of the target.",
  },
  SL5007: {
    exit: 2,
    title: "An option does not fit the wait targets",
    message: "{problem}",
    hint: "Look at the options of `sluice wait --help`.",
    page: "An option has a value that cannot be meant, or belongs to a kind of target that is not waited for. `--identity` asks for a label or annotation of a Job, a Pod, or the pod template of a Deployment, StatefulSet or DaemonSet; `--for` is for targets of Kubernetes; `--status`, `--header`, `--ca-file` and `--insecure-skip-tls-verify` are for `http(s)://`. An option that would be passed over silently could leave a gate open that the user believes to be closed.",
  },
  SL5008: {
    exit: 2,
    title: "Selectors and targets do not go together",
    message: "{problem}",
    hint: "{suggestion}",
    page: "`job` and `pod` without a name take their objects by `-l SELECTOR`. One `-l` serves all targets without a name; as many as there are such targets go with them in order: `sluice wait job -l app=a pod -l app=b`. Any other number is ambiguous.",
  },
  SL5009: {
    exit: 2,
    title: "Unknown --for",
    message: "--for={text} is nothing that sluice can wait for",
    hint: "{suggestion}",
    page: "`--for=delete` waits until the object is gone, `--for=condition=TYPE` until its condition of that type is True, `--for=condition=TYPE=STATUS` until it has that status, as `kubectl wait` does. Without `--for` each target has its own rule, which is stricter than a condition: a Job is Complete and not being deleted, a roll-out has left no old pod behind.",
  },
  SL5010: {
    exit: 2,
    title: "The file of certificate authorities cannot be used",
    message: "{file} cannot be used for --ca-file: {reason}",
    hint: "Give a file with certificates in PEM form (-----BEGIN CERTIFICATE-----).",
    page: "`--ca-file` names the certificate authorities that the server of an `https://` target is verified with, instead of the usual ones. The file must be readable and hold at least one certificate in PEM form.",
  },
} as const satisfies Record<string, ErrorEntry>;
