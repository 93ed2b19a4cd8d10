import { readFileSync } from "node:fs";

type Environment = Readonly<Record<string, string | undefined>>;

const SECRET_NAME =
  /PASSW(OR)?D|PASSPHRASE|^PASS$|_PASS$|PGPASS|TOKEN|SECRET|CREDENTIAL|PRIVATE|(^|_)(API|ACCESS|AUTH)?KEY(_|$)|APIKEY|(^|_)(PWD|SALT|DSN)$/i;

/** Working directories, not passwords. */
const NO_SECRETS = new Set(["PWD", "OLDPWD"]);

/** A shorter value says too little to be a secret, and taking it out would garble the whole text. Characters. */
const SHORTEST = 4;
const COMMON = /^(true|false|none|null|disabled|enabled)$/i;

/** A file that a variable names is read up to this size. Bytes. */
const LARGEST_FILE = 64 * 1024;

const FLAG = /^--?[a-z0-9_-]*(password|passwd|passphrase|token|secret|api-?key)[a-z0-9_-]*$/i;

/**
 * Takes secrets out of texts that the history keeps: the values of variables whose name says so, passwords of every
 * address in a variable, the content of a file that `..._FILE` names, and by form any `user:password@` of an address
 * and `password=...`.
 */
export function redactor(env: Environment): (text: string) => string {
  const secrets = knownSecrets(env);
  return (text) => {
    let clean = text;
    for (const secret of secrets) clean = clean.replaceAll(secret, "***");
    return byForm(clean);
  };
}

/** A command as one line that a shell would read the same way, without secrets. */
export function commandLine(command: readonly string[], redact: (text: string) => string): string {
  return command
    .map((word, index) => {
      const before = command[index - 1] ?? "";
      return FLAG.test(before) && !word.startsWith("-") ? "***" : quoted(redact(word));
    })
    .join(" ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./*-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function byForm(text: string): string {
  return text
    .replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@'"]*:)[^\s,'"]*@/gi, "$1***@")
    .replace(/(\bhttps?:\/\/)[^\s:/@'"]+@/gi, "$1***@")
    .replace(
      /\b(password|passwd|pgpassword|sslpassword)(["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s&,;'"]+)/gi,
      "$1$2***",
    );
}

function knownSecrets(env: Environment): string[] {
  const found = new Set<string>();
  const add = (value: string) => {
    for (const form of [value, decoded(value), encodeURIComponent(value), JSON.stringify(value).slice(1, -1)])
      if (form.length >= SHORTEST && !COMMON.test(form)) found.add(form);
    // A key of several lines is often printed with an indentation.
    if (value.includes("\n"))
      for (const line of value.split(/\s*\n\s*/)) if (line.length >= 16) found.add(line);
  };
  for (const [name, value] of Object.entries(env)) {
    if (!value || NO_SECRETS.has(name)) continue;
    const file = /^(.+)_FILE$/.exec(name)?.[1];
    const text = file === undefined ? value : contentOf(value);
    for (const password of passwordsIn(text)) add(password);
    if (SECRET_NAME.test(file ?? name)) add(text);
  }
  // The longest first: one may be part of another.
  return [...found].sort((a, b) => b.length - a.length);
}

/** Passwords of the addresses in a text, and of a libpq keyword string. */
function passwordsIn(text: string): string[] {
  const addresses = [...text.matchAll(/:\/\/[^\s:/@]*:([^\s,]*)@/g)];
  const keywords = [...text.matchAll(/\bpassword\s*=\s*(?:'((?:[^'\\]|\\.)*)'|([^\s&;]+))/gi)];
  return [...addresses.map((one) => one[1]), ...keywords.map((one) => one[1] ?? one[2])].flatMap(
    (one) => one ?? [],
  );
}

function contentOf(file: string): string {
  try {
    const text = readFileSync(file);
    return text.length <= LARGEST_FILE ? text.toString("utf8").trim() : "";
  } catch {
    return "";
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
