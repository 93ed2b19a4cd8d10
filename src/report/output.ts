/** A stream that is written to: `process.stdout`, or what a test collects. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}
