/**
 * Whether a script (`process.argv[1]`) lies within a compiled executable, so that the process's own file is Sluice and no
 * runtime: Bun gives it a virtual folder (bun.com/docs/bundler/executables; B:\~BUN on Windows).
 */
export function isVirtualScript(script: string): boolean {
  return /[/\\](\$bunfs|~BUN)[/\\]/.test(script);
}
