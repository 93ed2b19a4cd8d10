import { expect, test } from "bun:test";
import { lockKey } from "./lock.ts";

test("the key is the beginning of SHA-256 of the table's name, big-endian and signed", () => {
  // printf 'sluice:public.sluice_history' | sha256sum
  expect(lockKey({ schema: "public", table: "sluice_history" })).toBe("3300041063249895280");
  expect(lockKey({ schema: "größe", table: "t" })).toBe("2859954730935220497");
});

test("each history has its own", () => {
  const places = [
    ["a", "b"],
    ["a", "c"],
    ["b", "b"],
    ["A", "b"],
  ] as const;
  expect(new Set(places.map(([schema, table]) => lockKey({ schema, table }))).size).toBe(places.length);
});
