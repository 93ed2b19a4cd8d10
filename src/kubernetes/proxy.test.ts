import { describe, expect, test } from "bun:test";
import { excepted, proxyFromEnv } from "./proxy.ts";

const api = new URL("https://10.96.0.1:443");

describe("NO_PROXY", () => {
  test.each([
    ["https://10.96.0.1", "10.96.0.0/12", true],
    ["https://10.112.0.1", "10.96.0.0/12", false],
    ["https://10.96.0.1", "10.96.0.1", true],
    ["https://10.96.0.1", "10.96.0.1:443", true],
    ["https://10.96.0.1:6443", "10.96.0.1:443", false],
    ["https://10.96.0.10", "10.96.0.1", false],
    ["https://api.example.com", "example.com", true],
    ["https://example.com", "example.com", true],
    ["https://badexample.com", "example.com", false],
    ["https://api.example.com", ".example.com", true],
    ["https://example.com", ".example.com", false],
    ["https://api.example.com", "*.example.com", true],
    ["https://example.com", "*.example.com", false],
    ["https://API.Example.com", " other.org , EXAMPLE.COM ", true],
    ["https://api.example.com:6443", "example.com:6443", true],
    ["https://api.example.com", "example.com:6443", false],
    ["https://api.example.com", "*", true],
    ["https://localhost:6443", "", true],
    ["https://127.0.0.1:6443", "", true],
    ["https://[::1]:6443", "", true],
    ["https://[fd00::1]", "fd00::/8", true],
    ["https://[fd00::1]", "fd00:0:0::1", true],
    ["https://[fd00::1]:6443", "[fd00::1]:6443", true],
    ["https://[fd00::1]:6443", "[fd00::1]:443", false],
    ["https://[fd00::1]", "10.0.0.0/8", false],
    ["https://api.example.com", "10.0.0.0/8,,", false],
  ])("%s with %p: %p", (address, list, expected) => {
    expect(excepted(new URL(address), list)).toBe(expected);
  });
});

describe("the proxy of the environment", () => {
  test("upper case goes before lower case, and the scheme of the address decides", () => {
    const env = {
      HTTPS_PROXY: "http://upper:1",
      https_proxy: "http://lower:1",
      HTTP_PROXY: "http://plain:1",
    };
    expect(proxyFromEnv(api, env)).toBe("http://upper:1/");
    expect(proxyFromEnv(api, { https_proxy: "lower:3128" })).toBe("http://lower:3128/");
    expect(proxyFromEnv(new URL("http://10.0.0.1"), env)).toBe("http://plain:1/");
    expect(proxyFromEnv(api, { HTTP_PROXY: "http://plain:1" })).toBeUndefined();
    expect(proxyFromEnv(api, { HTTPS_PROXY: "http://p:1", no_proxy: "10.0.0.0/8" })).toBeUndefined();
  });

  test("one that cannot be used is refused without being repeated", () => {
    const of = (value: string) => () => proxyFromEnv(api, { HTTPS_PROXY: value });
    expect(of("socks5://user:secret@p:1")).toThrow(
      "HTTPS_PROXY: socks5:// is not supported, only proxies of http:// and https://",
    );
    expect(of("http://user:secret@[")).toThrow("HTTPS_PROXY: it is not the URL of a proxy");
  });
});
