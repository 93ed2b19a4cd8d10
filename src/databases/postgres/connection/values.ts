import { SluiceError } from "../../../errors.ts";
import { nearest } from "../../../text/nearest.ts";
import type { Parameters } from "./parameters.ts";

/** The value of a parameter that has to be one of a list; undefined where it is not given. */
export function choice<T extends string>(
  parameters: Parameters,
  name: string,
  allowed: readonly T[],
): T | undefined {
  const given = parameters.get(name);
  if (given === undefined || given.value === "") return undefined;
  const value = allowed.find((one) => one === given.value);
  if (value !== undefined) return value;
  // The value is not repeated: behind an unescaped '?' or '&' it may be a piece of a password.
  const guess = nearest(given.value, allowed);
  const list = allowed.length === 1 ? allowed[0] : `one of ${allowed.join(", ")}`;
  throw new SluiceError("SL3007", {
    params: { name, from: given.from, expected: list ?? "" },
    ...(guess === undefined ? {} : { hint: `did you mean ${name}=${guess}?` }),
  });
}

/** The value of a parameter in whole seconds; 0 for a negative one, which libpq takes as "without limit". */
export function seconds(parameters: Parameters, name: string, fallback: number): number {
  const given = parameters.get(name);
  if (given === undefined || given.value === "") return fallback;
  if (!/^\s*[+-]?\d{1,6}\s*$/.test(given.value)) {
    throw new SluiceError("SL3007", {
      params: { name, from: given.from, expected: "a whole number of seconds" },
    });
  }
  return Math.max(0, Number(given.value));
}
