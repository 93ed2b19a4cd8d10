/**
 * Names of a setting that is a list of identifiers, such as search_path: quoted ones as they are, others in lower case
 * (src/backend/utils/adt/varlena.c, SplitIdentifierString).
 */
export function splitIdentifiers(setting: string): string[] {
  return [...setting.matchAll(/"((?:[^"]|"")*)"|[^\s,"]+/g)].map(([plain, quoted]) =>
    quoted === undefined ? plain.toLowerCase() : quoted.replaceAll('""', '"'),
  );
}
