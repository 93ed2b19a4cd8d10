import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../support/executable.ts";

/** A block of a page. */
export interface Block {
  /** Language behind the backticks. */
  language: string;
  /** The file whose name its first line says in a comment; it is part of the text. */
  file: string | undefined;
  text: string;
}

/** All blocks of a page of the repository, in order. */
export function blocksOf(page: string): Block[] {
  const text = readFileSync(join(repository, page), "utf8");
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = "", body = ""]) => ({
    language,
    file: /^# (\S+\.ya?ml)\n/.exec(body)?.[1],
    text: body,
  }));
}
