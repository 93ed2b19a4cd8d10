import { apply } from "./apply.ts";
import type { Benchmark } from "./benchmark.ts";
import { crowd } from "./crowd.ts";
import { gate } from "./gate/gate.ts";
import { memory } from "./memory.ts";
import { noop } from "./noop.ts";
import { split } from "./split-process.ts";
import { stall } from "./stall.ts";
import { start } from "./start.ts";

/** All benchmarks, in the order in which they run. */
export const benchmarks: readonly Benchmark[] = [start, noop, apply, memory, crowd, stall, split, gate];
