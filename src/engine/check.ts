import type { AccountFinding, AccountQuestion, AccountReport, AccountRule } from "../databases/accounts.ts";
import type { Database } from "../databases/database.ts";
import { SluiceError } from "../errors.ts";
import { type Acceptance, readAcceptance, unneededAcceptance } from "../text/acceptance.ts";
import { type ConnectOptions, connect } from "./connect.ts";

export interface DatabaseCheck extends AccountReport {
  /** Findings that the user said are meant to be so. */
  accepted: AccountFinding[];
}

/**
 * Looks at the application's account. Changes nothing.
 * @param accept `CODE` or `CODE=OBJECT`: findings that are meant to be so.
 * @throws SluiceError SL2071 to SL2073 for names that there are not.
 */
export async function checkDatabase(
  database: Database,
  question: AccountQuestion,
  accept: readonly string[],
  options: ConnectOptions,
): Promise<DatabaseCheck> {
  const connection = await connect(database, options);
  try {
    return withoutAccepted(await connection.checkAccount(question), accept);
  } finally {
    await connection.close();
  }
}

/** Takes accepted findings out, with their statements, and says which acceptances nothing needs any more. */
export function withoutAccepted(report: AccountReport, accept: readonly string[]): DatabaseCheck {
  const accepts = accept.map((text) => knownAcceptance(text, report.rules));
  const matches = (finding: AccountFinding, { code, object }: Acceptance) =>
    finding.code === code &&
    (object === undefined || finding.object === object || finding.object.endsWith(` ${object}`));
  const accepted = report.findings.filter((finding) => accepts.some((one) => matches(finding, one)));
  const findings = report.findings.filter((finding) => !accepted.includes(finding));
  const needed = new Set(findings.flatMap(({ statements }) => statements));
  const notes = accepts
    .filter((one) => !report.findings.some((finding) => matches(finding, one)))
    .map(unneededAcceptance);
  return {
    ...report,
    findings,
    accepted,
    statements: report.statements.filter((sql) => needed.has(sql)),
    notes: [...report.notes, ...notes],
  };
}

function knownAcceptance(text: string, rules: readonly AccountRule[]): Acceptance {
  const accept = readAcceptance(text);
  if (rules.some(({ code }) => code === accept.code)) return accept;
  throw new SluiceError("SL2073", { params: { text, code: accept.code } });
}
