import { defineCommand } from "../cli/command.ts";
import { installExecutable } from "../cli/install.ts";

export const command = defineCommand({
  name: "install",
  summary: "copy this executable into a folder, for a container that has none",
  usage: "install DIR",
  description:
    "Copies the running executable to DIR/sluice. An init container of Sluice's image does so into an emptyDir, and the team's own image runs `sluice run` from there. A file of that name is replaced in one step; one that is the same already is left alone.",
  arguments: [{ name: "dir", summary: "folder, which is made where it is missing" }],
  options: [],
  examples: ["sluice install /sluice"],
  exits: [
    { status: 0, meaning: "it is there" },
    { status: 2, meaning: "the folder cannot be written, or this is not the executable" },
  ],
  async run({ args, reporter }) {
    const { file, copied } = await installExecutable(args.dir);
    reporter.result("InstallResult", { file, copied }, file);
    return 0;
  },
});
