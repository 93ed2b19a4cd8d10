import type { ErrorEntry } from "../errors.ts";

export const migrationErrors = {} as const satisfies Record<string, ErrorEntry>;
