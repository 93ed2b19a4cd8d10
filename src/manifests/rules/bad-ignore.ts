import type { ManifestRule } from "../checking/rule.ts";

/** Found where annotations are applied (checking/run.ts), because it needs the findings of all other rules. */
export const badIgnore: ManifestRule = {
  code: "SM018",
  name: "bad-ignore",
  title: "An annotation that leaves out findings is wrong or not needed",
  what: "`sluice.dev/check-ignore: CODE[,CODE] REASON` at a workload or its pod template: a code that no rule has, no reason behind the codes, or a code of which there is no finding about this workload (any more). SM018 itself cannot be left out.",
  why: "A misspelt code leaves nothing out, and one that is not needed any more hides the next finding of its kind. Without a reason nobody dares to remove it.",
  fix: "Correct the code, write the reason behind it, or remove it.",
  find: () => [],
};
