/** A stream that is written to: `process.stdout`, or what a test collects. */
export interface Output {
  /** Bytes are what a command that we run wrote: they are passed on as they are. */
  write(text: string | Uint8Array): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}
