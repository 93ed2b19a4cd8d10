#!/usr/bin/env bun
import { runProcess, runProgram } from "./cli/process.ts";
import { commands } from "./commands/index.ts";

// By its name alone: that is what the charts call that use k8s-wait-for. As a source it is called `bun`.
if (/(^|\/)wait_for\.sh$/.test(process.argv0)) await runProgram((await import("./compat/main.ts")).waitFor);
await runProcess(commands);
