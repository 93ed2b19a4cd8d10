import type { ErrorEntry } from "../errors.ts";
import { connectionErrors } from "./connection.ts";
import { targetErrors } from "./target.ts";

export const databaseErrors = {
  ...targetErrors,
  ...connectionErrors,
} as const satisfies Record<string, ErrorEntry>;
