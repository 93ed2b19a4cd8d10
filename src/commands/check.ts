import { defineCommand } from "../cli/command.ts";
import { historyOptions, urlOption } from "../cli/global-options.ts";
import { keyOf, type Option } from "../cli/option.ts";
import { SluiceError } from "../errors.ts";
import { checkAccounts } from "./check-accounts.ts";
import { checkGivenManifests } from "./check-manifests.ts";
import { accountOptions, checkOptions, manifestCheckOptions } from "./check-options.ts";

export const command = defineCommand({
  name: "check",
  summary: "find what will go wrong in manifests, or in the rights of database accounts",
  usage: "check [FILE|DIR|URL|-...] | --live [-n NAMESPACE] | --database [--account ROLE]",
  description:
    "Reads manifests (a rendered chart, a folder, what stands in a namespace with `--live`) and says what will go wrong when a migration is rolled out with them: pods that are ended too soon, gates that never open, accounts and passwords where they do not belong. All inputs of one call are one whole. A finding has a code with a page in docs/rules, a place, and what to do; the annotation `sluice.dev/check-ignore: CODE[,CODE] REASON` leaves one out. With `--database`, connected as the application's account, or as any other with `--account`: says whether it could DROP, ALTER or TRUNCATE what it uses, or write the history, and what it needs but cannot use, with the statements that settle it. Both change nothing. More in docs/guides/check.md and docs/guides/accounts.md.",
  arguments: [
    {
      name: "input",
      many: true,
      optional: true,
      summary: "file, folder, https:// URL, or - for standard input",
    },
  ],
  options: [urlOption, ...historyOptions, ...checkOptions],
  examples: [
    "helm template shop ./chart | sluice check - --helm-timeout 10m",
    "sluice check k8s --accept SM001=deployment/messages",
    "sluice check --live -n shop",
    "sluice check --database",
    "sluice check --database --account shop_app --migrator shop_owner",
    "sluice check --database -o json",
  ],
  exits: [
    { status: 0, meaning: "no findings" },
    { status: 1, meaning: "findings" },
    { status: 2, meaning: "wrong usage or configuration, or an input that cannot be read" },
    { status: 69, meaning: "the database or the API server cannot be reached" },
  ],
  async run(context) {
    const { options, args, sources } = context;
    const isFlag = (key: keyof typeof sources) => sources[key].kind === "flag";
    const isLive = options.live || isFlag("namespace");
    const asked = [
      ...(args.input.length > 0 ? ["files"] : []),
      ...(isLive ? ["a namespace (--live)"] : []),
      ...(options.database ? ["--database"] : []),
    ];
    if (asked.length !== 1) {
      const given = asked.length === 0 ? "nothing is named" : `${asked.join(" and ")} are two questions`;
      throw new SluiceError("SL2070", { params: { given } });
    }
    const others = options.database ? manifestCheckOptions : accountOptions;
    const misplaced = others.find((option: Option) => isFlag(keyOf(option) as keyof typeof sources));
    if (misplaced !== undefined)
      throw new SluiceError("SL2070", {
        params: { given: `--${misplaced.name} is for ${options.database ? "manifests" : "--database"}` },
      });
    return options.database ? checkAccounts(context) : checkGivenManifests(context, isLive);
  },
});
