import { runProcess } from "../process.ts";
import { commands } from "./sample.ts";

await runProcess(commands);
