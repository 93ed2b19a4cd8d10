import type { Trap } from "../trap.ts";
import { deadlock } from "./deadlock.ts";
import { delay } from "./delay.ts";
import { failedJob } from "./failed-job.ts";
import { gateFirst } from "./gate-first.ts";
import { hookTimeout } from "./hook-timeout.ts";
import { keptJob } from "./kept-job.ts";
import { oldPodReplaced } from "./old-pod-replaced.ts";
import { otherJob } from "./other-job.ts";
import { rollback } from "./rollback.ts";
import { template } from "./template.ts";
import { timeToLive } from "./ttl.ts";
import { upgradeWhileMigrating } from "./upgrade-while-migrating.ts";

/** In the order of the page: what comes first in the life of a release, first. */
export const traps: readonly Trap[] = [
  gateFirst,
  otherJob,
  failedJob,
  upgradeWhileMigrating,
  oldPodReplaced,
  timeToLive,
  keptJob,
  rollback,
  template,
  hookTimeout,
  deadlock,
  delay,
];
