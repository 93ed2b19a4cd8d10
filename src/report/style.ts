import type { Output } from "./output.ts";

const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

/** Functions that colour text, or leave it as it is. */
export type Style = Record<keyof typeof codes, (text: string) => string>;

/**
 * Whether a stream gets colours. `wanted` is false for --no-color. NO_COLOR (not empty) wins over FORCE_COLOR; without
 * both, only a terminal that is not TERM=dumb is coloured. (`styleText` of node:util knows neither --no-color nor
 * which of two streams is meant on Node 20.)
 */
export function coloured(
  output: Output,
  env: Readonly<Record<string, string | undefined>>,
  wanted = true,
): boolean {
  if (!wanted || env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "") return env.FORCE_COLOR !== "0";
  return output.isTTY === true && env.TERM !== "dumb";
}

/** The style for a stream that does or does not get colours. */
export function styleFor(colour: boolean): Style {
  const entries = Object.entries(codes).map(([name, [on, off]]) => [
    name,
    (text: string) => (colour && text !== "" ? `\x1b[${on}m${text}\x1b[${off}m` : text),
  ]);
  return Object.fromEntries(entries) as Style;
}
