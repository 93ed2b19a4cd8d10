import utils from "pg/lib/utils.js";

// CommonJS: Node.js finds no named exports in it.
const { escapeIdentifier, escapeLiteral } = utils;

/** A value as a literal of SQL text; undefined and null are NULL. */
export function literal(value: string | number | boolean | readonly string[] | undefined | null): string {
  if (value === undefined || value === null) return "null";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  // Versions, names, checksums: escapeLiteral goes through each character.
  if (typeof value === "string" && /^[\w .:/-]*$/.test(value)) return `'${value}'`;
  if (typeof value === "string") return escapeLiteral(value.replaceAll("\0", ""));
  return `array[${value.map((item) => literal(item)).join(", ")}]::text[]`;
}

export function identifier(...names: string[]): string {
  return names.map((name) => escapeIdentifier(name)).join(".");
}
