/**
 * Whether a text is a URL or a connection string with a password. What stands for one (`$(DB_PASSWORD)`, `$DB_PASSWORD` in a
 * shell) is none, and
 * neither is a port that a path with an `@` follows: https://host:8080/@team.
 */
export function holdsPassword(text: string): boolean {
  return (
    /^[a-z][a-z0-9+.-]*:\/\/[^/@\s]*:(?!\$[({A-Z_]|\d+\/)[^@\s]+@/i.test(text) ||
    /(^|\s|[?&])password=(?!\$[({A-Z_])[^\s&]/i.test(text)
  );
}
