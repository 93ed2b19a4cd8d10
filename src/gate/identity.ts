import { SluiceError } from "../errors.ts";

/** A label or an annotation that the object must have, so that a left-over of an earlier release does not count. */
export interface Identity {
  key: string;
  value: string;
}

interface Marked {
  labels?: Readonly<Record<string, string>>;
  annotations?: Readonly<Record<string, string>>;
}

/**
 * Reads the values of `--identity`: KEY=VALUE; the first equals sign ends the key.
 * @throws SluiceError SL5007 (exit 2): an empty value is what an unset variable looks like.
 */
export function readIdentities(texts: readonly string[]): Identity[] {
  return texts.map((text) => {
    const at = text.indexOf("=");
    const [key, value] = [text.slice(0, at), text.slice(at + 1)];
    if (at > 0 && value !== "" && !/\s/.test(key)) return { key, value };
    const what = at > 0 && value === "" ? "has no value" : "is not of the form KEY=VALUE";
    throw new SluiceError("SL5007", {
      params: { problem: `--identity ${JSON.stringify(text)} ${what}` },
      hint: "Write `--identity KEY=VALUE`, such as `--identity sluice.dev/release=42`; the value must not be empty.",
    });
  });
}

/**
 * Why an object is not the one that is meant, or undefined where it is.
 * @param marked its metadata, or that of its pod template.
 */
export function identityProblem(
  identities: readonly Identity[],
  marked: Marked | undefined,
): string | undefined {
  for (const { key, value } of identities) {
    const found = [marked?.labels, marked?.annotations]
      .filter((map) => map !== undefined && Object.hasOwn(map, key))
      .map((map) => map?.[key]);
    if (found.length > 0 && found.every((one) => one === value)) continue;
    if (found.length === 0) return `it has no label or annotation ${key}`;
    return `its ${key} is ${JSON.stringify(found.find((one) => one !== value))}, not ${JSON.stringify(value)}`;
  }
  return undefined;
}
