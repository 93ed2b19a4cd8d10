import { readFileSync } from "node:fs";
import { userInfo } from "node:os";

/**
 * The name of the account that runs this process, which is libpq's default for the user, or undefined where the uid
 * has no name, as in a container that runs under an arbitrary one.
 */
export function systemUser(): string | undefined {
  const uid = process.geteuid?.();
  // Read directly, since Bun's userInfo() repeats $USER and says "unknown" without it (Bun 1.4.5).
  try {
    for (const line of readFileSync("/etc/passwd", "utf8").split("\n")) {
      const fields = line.split(":");
      if (fields.length >= 3 && fields[2] === String(uid)) return fields[0];
    }
  } catch {
    // No such file on Windows; on macOS it lacks the people.
  }
  try {
    const { username } = userInfo();
    return process.platform === "linux" || username === "unknown" ? undefined : username;
  } catch {
    return undefined;
  }
}
