import { keyOf, type Option } from "../cli/option.ts";
import type { FileValues } from "../cli/resolve.ts";
import { readValue } from "../cli/value.ts";
import { SluiceError } from "../errors.ts";
import { nearest } from "../text/nearest.ts";

/**
 * Checks that every key belongs to an option and has a value of its type: SL2012, SL2004, with file and line.
 * `own` are the options of the command at hand; those of the other commands are asked for only if that does not do,
 * because it loads their modules.
 */
export async function checkKeys(
  file: FileValues,
  own: readonly Option[],
  others: () => Promise<readonly Option[]>,
): Promise<void> {
  let options = own;
  if ([...file.keys()].some((key) => find(key, own) === undefined)) options = [...own, ...(await others())];
  for (const [key, { texts, place }] of file) {
    const option = find(key, options);
    if (option === undefined) throw unknownKey(key, options, place);
    if (texts.length > 1 && option.type !== "list")
      throw new SluiceError("SL2004", {
        params: {
          source: `the key ${key}`,
          value: "the list",
          expected: "a single value",
          example: `${key}: VALUE`,
        },
        place,
      });
    readValue(option, texts, { kind: "file", name: key, place });
  }
}

function find(key: string, options: readonly Option[]): Option | undefined {
  return options.find((option) => option.scope === undefined && keyOf(option) === key);
}

function unknownKey(key: string, options: readonly Option[], place: { file: string }): SluiceError {
  const restricted = options.find((option) => option.scope !== undefined && keyOf(option) === key);
  const keys = options.filter(({ scope }) => scope === undefined);
  // lock-timeout, lock_timeout, LOCK_TIMEOUT and the flag's name where the key is another one (grant for readers).
  const plain = (text: string): string => text.replaceAll(/[-_]/g, "").toLowerCase();
  const same = keys.find(
    (option) => plain(keyOf(option)) === plain(key) || plain(option.name) === plain(key),
  );
  const meant = same ? keyOf(same) : nearest(key, keys.map(keyOf));
  const hint = restricted
    ? `${key} cannot stand in the file: give it as the flag --${restricted.name}`
    : meant && `did you mean \`${meant}\`?`;
  return new SluiceError("SL2012", { params: { key }, place, ...(hint === undefined ? {} : { hint }) });
}
