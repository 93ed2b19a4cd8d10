/**
 * What marks a file as another tool's. Sent as plain SQL, such a file would run its down part too: a dbmate
 * file creates its table and drops it again. Markers are comments that begin a line.
 */
const markers: readonly { tool: string; pattern: RegExp }[] = [
  { tool: "dbmate", pattern: /^--\s*migrate:(?:up|down)\b/i },
  { tool: "goose", pattern: /^--\s*\+goose\b/i },
  { tool: "sql-migrate", pattern: /^--\s*\+migrate\b/i },
  { tool: "tern", pattern: /^----\s*(?:create above\s*\/\s*drop below|tern:)/i },
  { tool: "node-pg-migrate", pattern: /^--[\s-]*down\s+migration\s*$/i },
];

/** A text that this does not match holds none of the markers. */
export const foreignHint = /\+goose|\+migrate|migrate:|create above|---- ?tern:|down\s+migration/i;

/** The tool that a line comment belongs to. */
export function foreignTool(comment: string): string | undefined {
  return markers.find(({ pattern }) => pattern.test(comment))?.tool;
}

/** The tool whose naming a file follows, where it is not Sluice's. */
export function foreignFileName(name: string): string | undefined {
  if (/\.(?:up|down)\.sql$/i.test(name)) return "golang-migrate";
  if (/^(?:[VUB]\d[\d._]*__|R__).*\.sql$/.test(name)) return "Flyway";
  return undefined;
}
