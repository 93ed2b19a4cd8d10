#!/usr/bin/env bun
import { runProcess } from "./cli/process.ts";
import { commands } from "./commands/index.ts";

await runProcess(commands);
