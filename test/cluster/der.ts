/** The few kinds of value of ASN.1's distinguished encoding that a certificate is made of (X.690). Each returns bytes. */
function value(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  const size: number[] = [];
  for (let rest = length; rest > 0; rest >>>= 8) size.unshift(rest & 0xff);
  return Buffer.concat([
    Buffer.from(length < 0x80 ? [tag, length] : [tag, 0x80 | size.length, ...size]),
    content,
  ]);
}

export const sequence = (...parts: Uint8Array[]): Buffer => value(0x30, Buffer.concat(parts));
export const setOf = (...parts: Uint8Array[]): Buffer => value(0x31, Buffer.concat(parts));
export const utf8 = (text: string): Buffer => value(0x0c, Buffer.from(text));
export const octets = (content: Uint8Array): Buffer => value(0x04, content);
export const bits = (content: Uint8Array, unused = 0): Buffer =>
  value(0x03, Buffer.concat([Buffer.from([unused]), content]));
export const boolean = (yes: boolean): Buffer => value(0x01, Buffer.from([yes ? 0xff : 0]));
/** Tagged by the context: `[number]`, constructed of other values unless told. */
export const tagged = (number: number, content: Uint8Array, constructed = true): Buffer =>
  value(0x80 | (constructed ? 0x20 : 0) | number, content);

/** Takes a number that is not negative, as bytes; a leading zero is put before a set sign bit. */
export const integer = (bytes: Uint8Array): Buffer =>
  value(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);

/** Takes "2.5.29.17". */
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((part) => {
    const digits = [part & 0x7f];
    for (let left = part >>> 7; left > 0; left >>>= 7) digits.unshift(0x80 | (left & 0x7f));
    return digits;
  });
  return value(0x06, Buffer.from(bytes));
}

/** To the second, in the form that certificates use until 2049 (RFC 5280, 4.1.2.5). */
export const utcTime = (date: Date): Buffer =>
  value(0x17, Buffer.from(`${date.toISOString().slice(2, 19).replace(/[-:T]/g, "")}Z`));
