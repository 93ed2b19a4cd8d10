/**
 * Whether a text is a URL or a connection string with a password: `host=db password=x`, `Host=db;Password=x`. What stands for
 * one (`$(DB_PASSWORD)`, `$DB_PASSWORD` in a shell) is none, and neither is a port that a path with an `@` follows:
 * https://host:8080/@team.
 */
export function holdsPassword(text: string): boolean {
  return (
    /^[a-z][a-z0-9+.-]*:\/\/[^/@\s]*:(?!\$[({A-Z_]|\d+\/)[^@\s]+@/i.test(text) ||
    /(^|\s|[?&;])password\s*=\s*(?!["']?\$[({A-Z_])["']?[^\s&;"'`]/i.test(text) ||
    // Npgsql and MySqlConnector know the short word, too; alone it is a shell's working directory.
    /;\s*pwd\s*=\s*(?!["']?\$[({A-Z_])["']?[^\s&;"'`/]/i.test(text)
  );
}

/** Whether a variable is called as a password is: DB_PASSWORD, MYSQL_PWD, POSTGRES_PASS, but not OLDPWD. */
export function isPasswordName(name: string): boolean {
  return /(PASSWORD|PASSWD|(^|_)PASS|_PWD)$/i.test(name);
}
