import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SluiceError } from "../errors.ts";
import type { Blog } from "./blog.ts";
import type { Load } from "./load.ts";
import type { Program } from "./program.ts";
import type { Replica } from "./replica.ts";
import type { Screen } from "./screen.ts";
import type { Service } from "./service.ts";

/** What all acts of the demo work with. */
export interface Stage {
  /** Holds one folder of migration files for each release. */
  folder: string;
  blog: Blog;
  program: Program;
  service: Service;
  load: Load;
  screen: Screen;
  /** Aborted when the demo has to end. */
  signal: AbortSignal;
  /** The replicas that serve now. */
  serving: Replica[];
  board: Board;
}

/** What the summary shows. */
export interface Board {
  /** How many replicas of each version are ready. */
  replicas: Map<string, number>;
  /** State of each gate of the last release. */
  gates: string[];
  /** Version of the migration in question, and how far it is, in words. */
  migration: string | undefined;
  progress: string;
}

/** One release as the demo rolls it out. */
export interface Release {
  version: string;
  /** Version that serves until then. */
  previous: string;
  /** Version and name of its migration. */
  migration: { version: string; name: string };
  broken: boolean;
}

/** Lets a replica have its share of the requests. */
export function serve({ service, board }: Pick<Stage, "service" | "board">, replica: Replica): void {
  service.add(replica);
  board.replicas.set(replica.version, (board.replicas.get(replica.version) ?? 0) + 1);
}

/** Sends a replica no more requests, and waits for the answers that it owes. */
export async function withdraw({ service, board }: Stage, replica: Replica): Promise<void> {
  await service.remove(replica);
  const left = (board.replicas.get(replica.version) ?? 0) - 1;
  if (left > 0) board.replicas.set(replica.version, left);
  else board.replicas.delete(replica.version);
}

/** What a process of the demo gets; the URL here, because everybody can see arguments. */
export function environment(
  { folder }: Pick<Stage, "folder">,
  url: string,
  release: string,
  name: string,
): Record<string, string> {
  const pod = name.replace(" ", "-");
  return {
    SLUICE_URL: url,
    SLUICE_POD: pod,
    SLUICE_RELEASE: release,
    // Where the demo itself runs in a pod, /dev/termination-log is not for these.
    SLUICE_TERMINATION_LOG: join(folder, `termination-${pod}`),
  };
}

/** The error for a process that ended otherwise than it should. Throws what the signal says where that is why. */
export async function unexpected(
  { signal }: Pick<Stage, "signal">,
  part: string,
  status: number | string,
): Promise<SluiceError> {
  // Ctrl-C reaches all processes of a terminal, and may end that one before this one has heard of it.
  await sleep(200, undefined, { signal });
  const how = typeof status === "number" ? `ended with exit status ${status}` : `was ended by ${status}`;
  return new SluiceError("SL6050", { params: { part, reason: `it ${how}` } });
}
