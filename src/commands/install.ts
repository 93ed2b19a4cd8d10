import { defineCommand } from "../cli/command.ts";
import { installExecutable } from "../cli/install.ts";

export const command = defineCommand({
  name: "install",
  summary: "copy this executable into a folder, for a container that has none",
  usage: "install DIR",
  description:
    "Copies the running executable to DIR/sluice, and the C library that it runs with to DIR/sluice-libc. An init container of Sluice's image does so into an emptyDir, and the team's own image runs `sluice run` from there, whatever C library that image has (Debian's, Alpine's musl, none). The copy names its library by the absolute path of DIR: mount the volume at the same path in both containers. A file of the same name is replaced in one step; one that is the same already is left alone.",
  arguments: [{ name: "dir", summary: "folder, which is made where it is missing" }],
  options: [
    {
      name: "libc",
      type: "boolean",
      default: true,
      scope: "environment",
      summary: "copy the executable alone, for an image with glibc, wherever it mounts the folder",
    },
  ],
  examples: ["sluice install /sluice"],
  exits: [
    { status: 0, meaning: "it is there" },
    { status: 2, meaning: "the folder cannot be written, or this is not the executable" },
  ],
  async run({ args, options, reporter }) {
    const { file, copied } = await installExecutable(args.dir, options);
    reporter.result("InstallResult", { file, copied }, file);
    return 0;
  },
});
