import { expect, test } from "bun:test";
import { inherited, reach } from "./membership.ts";

/** "app>group:is" is app's membership in group with INHERIT and SET; "a" is ADMIN. */
function edges(...texts: string[]) {
  return texts.map((text) => {
    const [member = "", role = "", options = ""] = text.split(/[>:]/);
    const has = (option: string) => options.includes(option);
    return { member, role, inherit: has("i"), set: has("s"), admin: has("a") };
  });
}

function reached(...texts: string[]): Record<string, unknown> {
  const all = edges(...texts);
  const first = all.filter((edge) => edge.member === "app");
  return { ...Object.fromEntries(reach(all, first)), inherits: [...inherited(all, first)] };
}

test("privileges and SET ROLE follow their own kind of grant", () => {
  expect(reached("app>a:is", "a>b:is")).toEqual({ a: true, b: true, inherits: ["a", "b"] });
  expect(reached("app>a:i", "a>b:i")).toEqual({ a: false, b: false, inherits: ["a", "b"] });
  expect(reached("app>a:", "x>y:is")).toEqual({ inherits: [] });
});

test("who became a role has what that role inherits, but inheritance is no step on the way to SET ROLE", () => {
  expect(reached("app>a:s", "a>b:i")).toEqual({ a: true, b: false, inherits: [] });
  expect(reached("app>a:i", "a>b:s")).toEqual({ a: false, inherits: ["a"] });
});

test("ADMIN is as good as membership, also when it is inherited", () => {
  expect(reached("app>a:a", "a>b:s")).toEqual({ a: true, b: true, inherits: [] });
  expect(reached("app>a:i", "a>b:a", "b>c:s")).toEqual({ a: false, b: true, c: true, inherits: ["a"] });
});

test("a role that is reached both ways is one that the account can become", () => {
  expect(reached("app>a:i", "app>b:s", "b>a:s", "a>c:s")).toEqual({
    a: true,
    b: true,
    c: true,
    inherits: ["a"],
  });
});
