import type { ErrorEntry } from "../errors.ts";

export const cliErrors = {} as const satisfies Record<string, ErrorEntry>;
