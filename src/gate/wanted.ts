import { SluiceError } from "../errors.ts";
import { nearest } from "../text/nearest.ts";

/** What `--for` asks of an object instead of the target's own rule. */
export type Wanted = { kind: "delete" } | { kind: "condition"; type: string; status: string };

/**
 * Reads `--for`: `delete`, `condition=TYPE` or `condition=TYPE=STATUS`, as `kubectl wait` does (kubectl reference,
 * "kubectl wait"): the case of the type and of the status does not count, the status is True unless told.
 * @throws SluiceError SL5009 (exit 2), with the nearest right form.
 */
export function readWanted(text: string): Wanted {
  const [word = "", ...rest] = text.split("=");
  if (text.toLowerCase() === "delete") return { kind: "delete" };
  const [type = "", status = "True", ...more] = rest;
  if (word === "condition" && /^[A-Za-z0-9._/-]+$/.test(type) && more.length === 0 && status !== "") {
    const known = ["True", "False", "Unknown"].find((one) => one.toLowerCase() === status.toLowerCase());
    if (known !== undefined) return { kind: "condition", type, status: known };
  }
  throw new SluiceError("SL5009", { params: { text, suggestion: suggest(text, word, type) } });
}

function suggest(text: string, word: string, type: string): string {
  const lower = word.toLowerCase();
  if (nearest(lower, ["deleted", "delete"]) !== undefined) return "Write `--for=delete`.";
  if (lower === "create")
    return "Leave it away: every target waits until its object is there, and then for its own rule.";
  if (lower === "jsonpath") return "Of `kubectl wait` only `delete` and `condition=...` are known here.";
  if (nearest(lower, ["condition", "conditions"]) !== undefined && type !== "")
    return `Write \`--for=condition=${type}\`, or \`--for=condition=${type}=False\`.`;
  if (/^[A-Za-z]+$/.test(text) && lower !== "condition")
    return `Did you mean \`--for=condition=${text[0]?.toUpperCase()}${text.slice(1)}\`?`;
  return "Write `--for=delete`, `--for=condition=TYPE` or `--for=condition=TYPE=False`.";
}
