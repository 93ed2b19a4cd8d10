import { BlockList, isIP } from "node:net";

export interface Range {
  family: "ipv4" | "ipv6";
  list: BlockList;
}

/** "10.0.0.0/8", "fd00::/8"; undefined for everything else. */
export function parseRange(text: string): Range | undefined {
  const [, address = "", digits = ""] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const version = isIP(address);
  const prefix = Number(digits);
  if (version === 0 || prefix > (version === 4 ? 32 : 128)) return undefined;
  const family = version === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(address, prefix, family);
  return { family, list };
}

export function inRange(address: string, { family, list }: Range): boolean {
  const version = isIP(address) === 4 ? "ipv4" : "ipv6";
  return version === family && list.check(address, version);
}

/** One spelling for each address. */
export function normal(address: string): string {
  return isIP(address) === 6 ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
}
