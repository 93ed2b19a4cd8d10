import { writeFile } from "node:fs/promises";

/**
 * Strategy `startup`: applies the migrations before anything is served. Only there is the library loaded: the other
 * strategies do not need it in the image. Ends the process where it fails.
 */
export async function migrateAtStart(databaseUrl: string): Promise<void> {
  const { migrate, SluiceError } = await import("sluice");
  try {
    await migrate({
      dir: process.env["SLUICE_DIR"] ?? "/migrations",
      readers: [new URL(databaseUrl).username],
      wait: "60s",
      onEvent: (event) => console.error(event.message),
    });
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    console.error(error.message, ...error.notes, error.hint);
    await sayWhy(error);
    process.exit(error.exit);
  }
}

/** The termination message, which `kubectl describe pod` and `sluice wait --fail-fast` read. Its file is there in containers only. */
async function sayWhy({
  code,
  message,
  hint,
}: {
  code: string;
  message: string;
  hint: string;
}): Promise<void> {
  const text = JSON.stringify({ code, message, hint });
  await writeFile("/dev/termination-log", text, { flag: "r+" }).catch(() => {});
}
