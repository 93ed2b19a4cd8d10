import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { defineCommand } from "../cli/command.ts";
import { dirOption } from "../cli/global-options.ts";
import { SluiceError } from "../errors.ts";
import { fileNameFor, newMigrationText } from "../migrations/create.ts";

export const command = defineCommand({
  name: "new",
  summary: "create an empty migration file",
  usage: "new NAME [--phase contract]",
  arguments: [{ name: "name", many: true, summary: "what it does: add_category" }],
  options: [
    dirOption,
    {
      name: "phase",
      type: "choice",
      choices: ["expand", "contract"],
      default: "expand",
      summary: "phase of the migration",
    },
  ],
  examples: ["sluice new add_category", "sluice new drop_old_columns --phase contract"],
  exits: [
    { status: 0, meaning: "created" },
    { status: 2, meaning: "wrong usage, or the file cannot be written" },
  ],
  async run({ args, options, reporter }) {
    const folder = options.dir[0] as string;
    try {
      await mkdir(folder, { recursive: true });
      const name = fileNameFor(args.name.join(" "), await readdir(folder), new Date());
      const file = join(folder, name);
      await writeFile(file, newMigrationText(options.phase), { flag: "wx" });
      reporter.result("NewResult", { file, phase: options.phase }, file);
      return 0;
    } catch (error) {
      if (error instanceof SluiceError) throw error;
      const reason = (error as NodeJS.ErrnoException).code ?? String(error);
      throw new SluiceError("SL2053", { params: { file: folder, reason }, cause: error });
    }
  },
});
