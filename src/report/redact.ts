/**
 * Text without passwords, for output whose content nobody foresaw (an unexpected error's message and stack). Replaces
 * the password of every address (`scheme://user:password@host`), of `password=...`, and each known secret.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  let clean = text
    .replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s,]*@/gi, "$1***@")
    .replace(
      /\b(password|passwd|pgpassword|sslpassword)(["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s&,;]+)/gi,
      "$1$2***",
    );
  for (const secret of secrets) if (secret !== "") clean = clean.replaceAll(secret, "***");
  return clean;
}

/** Passwords that the environment holds: PGPASSWORD and those of the database addresses. */
export function knownSecrets(env: Readonly<Record<string, string | undefined>>): string[] {
  const found = [env.PGPASSWORD ?? ""];
  for (const address of [env.SLUICE_URL, env.DATABASE_URL]) {
    const password = /:\/\/[^\s:/@]*:(\S*)@/.exec(address ?? "")?.[1] ?? "";
    found.push(password, decoded(password));
  }
  return [...new Set(found)].filter((secret) => secret !== "");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
