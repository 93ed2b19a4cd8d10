/** "[2026-01-31 09:05:07] ": local time (of TZ, in an image UTC), as k8s-wait-for writes it. */
export function stamp(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = [String(date.getFullYear()).padStart(4, "0"), two(date.getMonth() + 1), two(date.getDate())];
  const time = [two(date.getHours()), two(date.getMinutes()), two(date.getSeconds())];
  return `[${day.join("-")} ${time.join(":")}] `;
}

/** @param label "job app-migrate -n app" */
export function waitingLine(label: string, date: Date): string {
  return `${stamp(date)}Waiting for ${label}...\n`;
}

export function readyLine(label: string, date: Date): string {
  return `${stamp(date)}${label} is ready.\n`;
}
