import type { Hand } from "./hand.ts";
import type { WithSluice } from "./sluice.ts";

export interface Outcome {
  /** Whether the trap has sprung. */
  happened: boolean;
  /** What was seen, as Markdown. Figures that are measured stand before " s", so that another run may differ in them. */
  evidence: string;
}

/** What `sluice check` finds in the manifests, as people write them. */
export interface Seen {
  /** Of the chart by hand. */
  values: object;
  code: string;
  /** `--helm-timeout`, where it takes that. */
  helmTimeout?: string;
  /** Under which condition, where there is one; Markdown that goes on behind the code. */
  where?: string;
}

/** One thing that goes wrong. Each run takes what begins a release, which is removed when the run is over. */
export interface Trap {
  /** Heading of its section. */
  title: string;
  /** What people write, and why it is natural; Markdown. */
  written: string;
  /** Absent where no manifest shows it. */
  seen?: Seen;
  byHand(start: (values?: object) => Promise<Hand>): Promise<Outcome>;
  withSluice(start: (values?: object, replicas?: number) => Promise<WithSluice>): Promise<Outcome>;
}

/** Seconds between two moments in milliseconds, never below zero, as evidence tells them. */
export const seconds = (from: number, to: number): string =>
  `${(Math.max(0, to - from) / 1000).toFixed(1)} s`;

/** The first line of a text that matches, without what stands around it; throws where there is none. */
export function line(text: string, pattern: RegExp): string {
  const found = text.split("\n").find((one) => pattern.test(one));
  if (found === undefined) throw new Error(`no line matches ${pattern}:\n${text}`);
  return found.trim();
}
