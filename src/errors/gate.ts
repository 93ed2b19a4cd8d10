import type { ErrorEntry } from "../errors.ts";

export const gateErrors = {} as const satisfies Record<string, ErrorEntry>;
