import type { ErrorEntry } from "../errors.ts";

/** SL80xx: manifests, as `inject`, `eject` and `check` read them, and the first two write them. */
export const manifestErrors = {
  SL8001: {
    exit: 2,
    title: "A manifest cannot be read",
    message: "{file} cannot be read as YAML or JSON: {reason}",
    hint: "Correct the line, or look whether something else than manifests was given.",
    page: "`sluice inject`, `sluice eject` and `sluice check` read all their input before they write or report anything: where one document cannot be read, nothing reaches standard output, so that half a release is never applied and never taken for checked. Common reasons: tabs as indentation, a key that is there twice, a chart's template that was not rendered (`helm template RELEASE CHART` prints what is applied), an error message of the program before it in the pipe, an alias within the very part that it stands for, bytes that are not UTF-8. Lines count from the beginning of the file, also behind the first `---`.",
  },
  SL8002: {
    exit: 2,
    title: "An input cannot be opened",
    message: "{input} cannot be read: {reason}",
    hint: "Name a file, a folder with *.yaml, *.yml or *.json, an https:// URL, or - for standard input.",
    page: "The inputs of `sluice inject`, `sluice eject` and `sluice check` are files, folders (read with all that is below them; what begins with a dot is left out of them), `https://` URLs and `-` for standard input. `http://` is refused: whoever sits in between could write the manifests. A folder without a manifest is an error, because a wrong path would look like nothing to do.",
  },
  SL8003: {
    exit: 2,
    title: "A setting of the gate cannot be meant",
    message: "{source}: {problem}",
    hint: "Look at `sluice inject --help`, or docs/guides/inject.md for the annotations.",
    page: "A flag of `sluice inject`, an annotation `sluice.dev/...` of a workload or of its pod template, or a key of a Kustomize function's configuration has a value that no gate can be made from. Wait targets are read by the rules of `sluice wait`, so that a gate that could never open is refused here and not found in the cluster.",
  },
  SL8004: {
    exit: 2,
    title: "The gate cannot be put here without changing something else",
    message: "{file}: {reason}",
    hint: "Write this part out, without anchors, or leave the workload out with `--skip KIND/NAME`.",
    page: "`sluice inject` and `sluice eject` change text only where the gate stands. Afterwards the result is read again and compared: it must mean what it meant before, with the gate and nothing else. A pod template that two workloads share by an anchor and an alias, of which one gets another gate or none, cannot be changed in this way. Nothing was written.",
  },
  SL8005: {
    exit: 2,
    title: "A manifest cannot be written",
    message: "{file} cannot be written: {reason}",
    hint: "Check its rights, or leave --write away and redirect standard output.",
    page: "With `--write` the files that change are replaced in place, each by a new file that takes its name when it is complete. Standard input and URLs cannot be written back. Files written before the one that failed are changed already; the same command again leaves them as they are.",
  },
} as const satisfies Record<string, ErrorEntry>;
