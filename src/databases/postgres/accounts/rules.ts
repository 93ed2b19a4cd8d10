import type { Rule } from "./rule.ts";
import { attribute } from "./rules/attribute.ts";
import { createInDatabase, createInSchema } from "./rules/create.ts";
import { destructiveDefault, missingDefault } from "./rules/defaults.ts";
import { databaseOwner, memberOfOwner, objectOwner, schemaOwner } from "./rules/ownership.ts";
import { powerfulRole } from "./rules/powerful-role.ts";
import { destructivePrivilege, writesHistory } from "./rules/privileges.ts";
import { superuser } from "./rules/superuser.ts";
import {
  historyUnreadable,
  schemaUnusable,
  sequenceUnusable,
  tablePartlyUsable,
  tableUnusable,
} from "./rules/usable.ts";

/**
 * All rules of `check --database`, in the order of the report: what the account could do and should not (SA001 to
 * SA019), then what it should and could not (from SA021).
 */
export const RULES: readonly Rule[] = [
  superuser,
  attribute,
  powerfulRole,
  databaseOwner,
  schemaOwner,
  objectOwner,
  memberOfOwner,
  createInSchema,
  createInDatabase,
  destructivePrivilege,
  writesHistory,
  destructiveDefault,
  schemaUnusable,
  tableUnusable,
  tablePartlyUsable,
  sequenceUnusable,
  missingDefault,
  historyUnreadable,
];
