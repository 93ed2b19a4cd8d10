import type { AccountFinding, AccountQuestion, AccountReport } from "../../accounts.ts";
import type { HistoryPlace } from "../../database.ts";
import type { Session } from "../session.ts";
import { hasState, SQLSTATE } from "../sqlstate.ts";
import { type Look, lookAround } from "./look.ts";
import { type Fix, type Found, fix, PHASES, type Rule } from "./rule.ts";
import { BOOTSTRAP, superuser } from "./rules/superuser.ts";
import { needObject } from "./rules/usable.ts";
import { RULES } from "./rules.ts";

interface Entry {
  rule: Rule;
  found: Found;
}

/**
 * Looks at an account with all rules. Reads catalogues that everybody may read, sends one query at a time, and holds
 * nothing in between, so it also works through a pooler.
 * @throws SluiceError SL2071, SL2072 for a role or schema that does not exist.
 */
export async function checkAccount(
  session: Session,
  place: HistoryPlace,
  question: AccountQuestion,
): Promise<AccountReport> {
  const look = await lookAround(session, place, question);
  const bootstrap = look.roles.account.oid === BOOTSTRAP;
  const unchecked: AccountReport["unchecked"] = [];
  const entries: Entry[] = [];
  for (const rule of bootstrap ? [superuser] : RULES) {
    try {
      for (const found of await rule.find(look)) entries.push({ rule, found });
    } catch (error) {
      // A hardened server may have taken a catalogue away from PUBLIC.
      if (!hasState(error, SQLSTATE.noPrivilege)) throw error;
      unchecked.push({ code: rule.code, reason: (error as Error).message });
    }
  }
  if (bootstrap) look.notes.push("nothing else was looked at: no right is checked for a superuser");
  else await keepUsable(look, entries);
  const { account } = look.roles;
  return {
    account: account.name,
    connectedAs: look.connectedAs,
    schemas: look.schemas.map(({ name }) => name),
    migrators: look.migrators.map(({ name }) => name),
    findings: entries.map(
      ({ rule, found }): AccountFinding => ({
        code: rule.code,
        rule: rule.name,
        object: found.object,
        message: found.message,
        statements: inOrder(found.fixes),
      }),
    ),
    statements: inOrder(entries.flatMap(({ found }) => found.fixes)),
    notes: look.notes,
    unchecked,
    rules: RULES,
  };
}

/** What the application uses today by what it owns or is, it is granted in the same go: with the finding that ends it. */
async function keepUsable(look: Look, entries: readonly Entry[]): Promise<void> {
  const codes = (wanted: readonly string[]) => entries.filter(({ rule }) => wanted.includes(rule.code));
  const owned = codes(["SA006", "SA005", "SA004"]);
  const powers = codes(["SA001", "SA007", "SA003", "SA002"]);
  const needs = await look.needs().catch((error) => {
    if (hasState(error, SQLSTATE.noPrivilege)) return [];
    throw error;
  });
  for (const need of needs) {
    if (need.lacking.length > 0 || need.later.length === 0) continue;
    const entry = owned.find(({ found }) => found.object === needObject(need)) ?? owned[0] ?? powers[0];
    entry?.found.fixes.push(...need.grants.map((sql) => fix("grant", sql)));
  }
}

/** Statements by phase, each once. */
function inOrder(fixes: readonly Fix[]): string[] {
  const sorted = PHASES.flatMap((phase) => fixes.filter((one) => one.phase === phase));
  return [...new Set(sorted.map(({ sql }) => sql))];
}
