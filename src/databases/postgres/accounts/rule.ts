import type { AccountRule } from "../../accounts.ts";
import type { Look } from "./look.ts";

/**
 * When a statement runs. Owners come before grants, because a change of the owner takes the old owner's grants along
 * (aclnewowner), and what is taken away comes last, so that the application never lacks what it needs.
 */
export type Phase = "prepare" | "own" | "grant" | "defaults" | "revoke";

export const PHASES: readonly Phase[] = ["prepare", "own", "grant", "defaults", "revoke"];

/** One statement. */
export interface Fix {
  phase: Phase;
  sql: string;
}

/** A finding before it is put into words for the report. */
export interface Found {
  object: string;
  message: string;
  fixes: Fix[];
}

/** A rule and how it looks. `find` reads the catalogue only. */
export interface Rule extends AccountRule {
  find(look: Look): Promise<Found[]> | Found[];
}

export function fix(phase: Phase, sql: string): Fix {
  return { phase, sql };
}
