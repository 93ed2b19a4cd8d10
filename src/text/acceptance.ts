/** What `--accept CODE[=OBJECT]` takes out of a report. */
export interface Acceptance {
  /** As it was written. */
  readonly text: string;
  readonly code: string;
  /** Undefined: all findings of the rule. */
  readonly object: string | undefined;
}

export function readAcceptance(text: string): Acceptance {
  const [, code = "", object] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? [];
  return { text, code, object };
}

/** The note about one that took nothing out. */
export function unneededAcceptance({ text }: Acceptance): string {
  return `--accept ${text}: there is no such finding any more`;
}
