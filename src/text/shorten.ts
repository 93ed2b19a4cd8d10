/**
 * The beginning of a text that may be of any length, and how much is left out.
 * @param limit characters (UTF-16 units) that stay.
 */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  // Half of a pair would be printed as a question mark.
  const end = /[\ud800-\udbff]/.test(text[limit - 1] ?? "") ? limit - 1 : limit;
  return `${text.slice(0, end)}... (${text.length - end} more characters)`;
}
