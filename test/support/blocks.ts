import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "./executable.ts";

/** A block of a page. */
export interface Block {
  language: string;
  /** The words behind the language: "sh test as=app" has `test` without a value, and `as`. */
  words: ReadonlyMap<string, string | undefined>;
  /** The file that it is: by the word `file=`, or by a comment in its first line, which is part of the text. */
  file: string | undefined;
  text: string;
  /** Directly behind the block before it: what that one prints. */
  follows: boolean;
}

/** All blocks of a page of the repository, in order. */
export function blocksOf(page: string): Block[] {
  const found = [...readFileSync(join(repository, page), "utf8").matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)];
  return found.map((match, index) => {
    const [, info = "", text = ""] = match;
    const [language = "", ...rest] = info.trim().split(/\s+/);
    const words = new Map(rest.map((word) => word.split("=", 2) as [string, string | undefined]));
    const before = found[index - 1];
    const follows = before !== undefined && before.index + before[0].length + 1 === match.index;
    const file = words.get("file") ?? /^# (\S+\.ya?ml)\n/.exec(text)?.[1];
    return { language, words, file, text, follows };
  });
}
