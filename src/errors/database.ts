import type { ErrorEntry } from "../errors.ts";

export const databaseErrors = {} as const satisfies Record<string, ErrorEntry>;
