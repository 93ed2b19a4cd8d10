/** A rule of `check --database`; its page in docs/rules is made from this object. */
export interface AccountRule {
  /** Stays the same from version to version. */
  code: string;
  /** In kebab case. */
  name: string;
  /** Heading: what is the case; no full stop. */
  title: string;
  /** What is looked at, and what counts. Markdown. */
  what: string;
  /** What it does to a roll-out. Markdown. */
  why: string;
  /** What to do about it. Markdown. */
  fix: string;
  /** Statement of the kind that the finding prints. */
  example: string;
}

/** What is asked about an account. */
export interface AccountQuestion {
  /** The application's account; undefined for the one that is connected. */
  account: string | undefined;
  /** The role that owns the schema, or will; undefined to take it from what there is. */
  migrator: string | undefined;
  /** Schemas that the application works in; none for those of its search_path. */
  schemas: readonly string[];
}

/** One thing that the account could do and should not, or could not do and should. */
export interface AccountFinding {
  code: string;
  /** Name of the rule. */
  rule: string;
  /** What it is about, as SQL writes it: a table, a schema, a role. */
  object: string;
  /** A sentence without a full stop. */
  message: string;
  /** What takes it away, in this order. */
  statements: string[];
}

export interface AccountReport {
  account: string;
  /** The account that looked. */
  connectedAs: string;
  schemas: string[];
  /** Roles whose next tables the application must be able to use. */
  migrators: string[];
  findings: AccountFinding[];
  /** The statements of all findings, each once, in an order in which the application never lacks what it needs. */
  statements: string[];
  /** What was assumed, and what could not be known. */
  notes: string[];
  /** Rules that could not be checked. */
  unchecked: { code: string; reason: string }[];
  /** All rules that there are. */
  rules: readonly AccountRule[];
}

/** What `check --database` needs of a connection. It changes nothing and needs no special rights. */
export interface Accounts {
  checkAccount(question: AccountQuestion): Promise<AccountReport>;
}
