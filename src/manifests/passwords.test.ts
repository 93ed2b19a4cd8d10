import { expect, test } from "bun:test";
import { holdsPassword } from "./passwords.ts";

test.each([
  "postgres://a:b@c/d",
  "postgres://a:with/slash@c/d",
  "postgres://a:1234@c:5432/d",
  "https://user:secret@host:8080/a",
  "postgres://c/d?user=a&password=b",
  "host=db user=a password=b",
])("%s holds one", (text) => expect(holdsPassword(text)).toBe(true));

test.each([
  "postgres://a@c/d",
  "postgres://a:$(DB_PASSWORD)@c/d",
  `postgres://a:${"$"}{DB_PASSWORD}@c/d`,
  "postgres://a:$DB_PASSWORD@c/d",
  "postgres://c:5432/d?options=a@b",
  "http://host:8080/a@b",
  "https://host/a:b@c",
  "host=db user=a password=$(DB_PASSWORD)",
  "host=db user=a password=",
  "mail to a@b",
])("%s holds none", (text) => expect(holdsPassword(text)).toBe(false));
