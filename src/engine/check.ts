import type { AccountFinding, AccountQuestion, AccountReport, AccountRule } from "../databases/accounts.ts";
import type { Database } from "../databases/database.ts";
import { SluiceError } from "../errors.ts";
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
  const rules = accept.map((text) => acceptance(text, report.rules));
  const matches = (finding: AccountFinding, { code, object }: { code: string; object: string | undefined }) =>
    finding.code === code &&
    (object === undefined || finding.object === object || finding.object.endsWith(` ${object}`));
  const accepted = report.findings.filter((finding) => rules.some((one) => matches(finding, one)));
  const findings = report.findings.filter((finding) => !accepted.includes(finding));
  const needed = new Set(findings.flatMap(({ statements }) => statements));
  const notes = rules
    .filter((one) => !report.findings.some((finding) => matches(finding, one)))
    .map(({ text }) => `--accept ${text}: there is no such finding any more`);
  return {
    ...report,
    findings,
    accepted,
    statements: report.statements.filter((sql) => needed.has(sql)),
    notes: [...report.notes, ...notes],
  };
}

function acceptance(text: string, rules: readonly AccountRule[]) {
  const [, code = "", object] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? [];
  if (!rules.some((rule) => rule.code === code)) throw new SluiceError("SL2073", { params: { text, code } });
  return { text, code, object };
}
