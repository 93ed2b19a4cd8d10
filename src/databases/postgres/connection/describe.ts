import { describeHost } from "./hosts.ts";
import type { Settings } from "./settings.ts";

/** "postgres@db.example:5432/app", for messages; several hosts stand with commas. Never holds a password. */
export function describeTarget(settings: Settings): string {
  return `${settings.user}@${describeHosts(settings)}/${settings.database}`;
}

/** "db.example:5432", or "h1:5432,h2:5432". */
export function describeHosts(settings: Settings): string {
  return settings.hosts.map(describeHost).join(",");
}

/** Every password in the settings, for those who must search an output for them. */
export function secretsOf(settings: Settings): string[] {
  const all = [...settings.hosts.map((host) => host.password), settings.sslpassword];
  return [...new Set(all.flatMap((one) => (one === undefined ? [] : [one.reveal()])))];
}
