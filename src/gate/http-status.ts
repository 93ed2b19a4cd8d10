import { SluiceError } from "../errors.ts";

export type StatusRange = readonly [from: number, to: number];

/** What counts as an answer unless told; the kubelet's own probes take the same (Kubernetes, "Probes"). */
export const ANSWERED: readonly StatusRange[] = [[200, 399]];

/**
 * Reads `--status`: numbers and ranges with commas, "200,204,300-399"; 100 to 599.
 * @throws SluiceError SL5007 (exit 2).
 */
export function readStatuses(text: string): StatusRange[] {
  return text.split(",").map((item) => {
    const [, from, to = from] = /^\s*([1-5]\d\d)\s*(?:-\s*([1-5]\d\d)\s*)?$/.exec(item) ?? [];
    if (from !== undefined && Number(from) <= Number(to)) return [Number(from), Number(to)] as const;
    throw new SluiceError("SL5007", {
      params: { problem: `--status ${JSON.stringify(text)} is not a list of HTTP statuses` },
      hint: "Write numbers from 100 to 599 and ranges with commas, such as `--status 200,204,300-399`.",
    });
  });
}

export function matches(status: number, ranges: readonly StatusRange[]): boolean {
  return ranges.some(([from, to]) => status >= from && status <= to);
}

/** As it is written: "200,300-399". */
export function formatStatuses(ranges: readonly StatusRange[]): string {
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(",");
}
