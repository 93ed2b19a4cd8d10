import { expect, test } from "bun:test";
import { holdsPassword, isPasswordName } from "./passwords.ts";

test.each([
  "postgres://a:b@c/d",
  "postgres://a:with/slash@c/d",
  "postgres://a:1234@c:5432/d",
  "https://user:secret@host:8080/a",
  "postgres://c/d?user=a&password=b",
  "host=db user=a password=b",
  "Host=db;Username=a;Password=b",
  "Server=db; Uid=a; Pwd=b",
  'password="b"',
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
  "Host=db;Username=a;Password=$(DB_PASSWORD)",
  "cd /x;password=`cat y`",
  'a=1;password="$B"',
  "cd /x;PWD=/y",
  "mail to a@b",
])("%s holds none", (text) => expect(holdsPassword(text)).toBe(false));

test.each(["DB_PASSWORD", "PGPASSWORD", "MYSQL_PWD", "DB_PWD", "DB_PASS", "POSTGRES_PASS", "PASS"])(
  "%s is called as a password is",
  (name) => expect(isPasswordName(name)).toBe(true),
);

test.each(["PWD", "OLDPWD", "BYPASS", "COMPASS", "PASSWORD_FILE", "DB_PASSWORDLESS"])("%s is not", (name) =>
  expect(isPasswordName(name)).toBe(false),
);
