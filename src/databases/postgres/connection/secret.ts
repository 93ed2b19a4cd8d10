import { inspect } from "node:util";

/** A password that cannot be printed by accident: JSON, templates and console.log show `[hidden]`. */
export interface Secret {
  /** The password itself. */
  reveal(): string;
  toString(): string;
}

/** Wraps a password; see Secret. */
export function secret(value: string): Secret {
  const hidden = () => "[hidden]";
  return Object.freeze({
    reveal: () => value,
    toString: hidden,
    toJSON: hidden,
    [inspect.custom]: hidden,
  });
}
