import { describe, expect, test } from "bun:test";
import { codes, deployment, job } from "./testing/manifests.ts";

describe("SM011: whose Secret it is", () => {
  const whole = (name: string) => `envFrom: [{ secretRef: { name: ${name} } }]`;
  const url = (name: string, key = "url") =>
    `env: [{ name: DATABASE_URL, valueFrom: { secretKeyRef: { name: ${name}, key: ${key} } } }]`;
  test.each([
    ["the same key", url("a"), url("a"), true],
    ["another key of the same Secret", url("a", "owner"), url("a", "app"), false],
    ["the key on one side, all on the other", url("a"), whole("a"), true],
    ["all on both sides", whole("a"), whole("a"), true],
    [
      "all of a shared one, beside an account of the Job's own",
      `${url("b")}, ${whole("a")}`,
      whole("a"),
      false,
    ],
    [
      "all of a shared one, and the application names its account",
      whole("a"),
      `${url("b")}, ${whole("a")}`,
      false,
    ],
    ["another Secret", whole("a"), whole("b"), false],
  ])("%s", (_, own, app, isFound) => {
    expect(codes(deployment({ app: `, ${app}` }) + job(own))).toEqual(isFound ? ["SM011"] : []);
  });
  const mount = "volumeMounts: [{ name: v, mountPath: /run/db }]";
  const volume = (source: string) => `volumes: [{ name: v, ${source} }]`;
  const secret = (name: string, items = "") => volume(`secret: { secretName: ${name}${items} }`);
  test("as files of the application", () => {
    const app = (pod: string) => deployment({ pod, app: `, ${mount}` });
    expect(codes(app(secret("a")) + job(url("a")))).toEqual(["SM011"]);
    expect(codes(app(secret("b")) + job(url("a")))).toEqual([]);
    const only = (key: string) => secret("a", `, items: [{ key: ${key}, path: ${key} }]`);
    expect(codes(app(only("url")) + job(url("a")))).toEqual(["SM011"]);
    expect(codes(app(only("ca")) + job(url("a")))).toEqual([]);
    const projected = volume("projected: { sources: [{ secret: { name: a } }] }");
    expect(codes(app(projected) + job(url("a")))).toEqual(["SM011"]);
    const sub = (key: string) =>
      deployment({ pod: secret("a"), app: `, ${mount.replace(" }]", `, subPath: ${key} }]`)}` });
    expect(codes(sub("url") + job(url("a")))).toEqual(["SM011"]);
    expect(codes(sub("ca") + job(url("a")))).toEqual([]);
    expect(codes(deployment({ pod: secret("a") }) + job(url("a")))).toEqual([]);
  });
  test("as files of the migration, where a variable names them", () => {
    const owner = (variable: string, file: string) =>
      job(`${mount}, env: [{ name: ${variable}, value: ${file} }]`, "", secret("a"));
    const app = (key: string) => deployment({ app: `, ${url("a", key)}` });
    expect(codes(app("url") + owner("SLUICE_URL_FILE", "/run/db/url"))).toEqual(["SM011"]);
    expect(codes(app("other") + owner("SLUICE_URL_FILE", "/run/db/url"))).toEqual([]);
    const both = deployment({ pod: secret("a"), app: `, ${mount}` });
    expect(codes(both + owner("PGPASSFILE", "/run/db/pgpass"))).toEqual(["SM011"]);
    // A certificate that both verify the server with is no account.
    expect(codes(both + owner("PGSSLROOTCERT", "/run/db/ca.crt"))).toEqual([]);
  });
  test("a Secret of the Job's that is no account", () => {
    const sentry = "{ name: SENTRY_TOKEN, valueFrom: { secretKeyRef: { name: sentry, key: token } } }";
    const env = `${url("a").slice(0, -1)}, ${sentry}]`;
    const app = `, env: [${sentry}]`;
    expect(codes(deployment({ app }) + job(env))).toEqual([]);
  });
  const named = (variable: string, secret = "a", key = "url") =>
    `env: [{ name: ${variable}, valueFrom: { secretKeyRef: { name: ${secret}, key: ${key} } } }]`;
  test.each(["SPRING_DATASOURCE_PASSWORD", "SQLALCHEMY_URL", "ConnectionStrings__Shop", "SHOP_PASSWORD"])(
    "under the name of another tool: %s",
    (variable) => {
      expect(codes(deployment({ app: `, ${named("ANYTHING")}` }) + job(named(variable)))).toEqual(["SM011"]);
      expect(codes(deployment({ app: `, ${named(variable, "b")}` }) + job(named(variable)))).toEqual([]);
      expect(codes(deployment({ app: `, ${named(variable, "a", "b")}` }) + job(named(variable)))).toEqual([]);
    },
  );
  test.each(["SENTRY_DSN", "REDIS_URL", "API_TOKEN", "LICENSE_KEY"])(
    "what is no account of a database: %s",
    (variable) => {
      expect(codes(deployment({ app: `, ${named(variable)}` }) + job(named(variable)))).toEqual([]);
    },
  );
  test("in a container that waits by itself before it starts", () => {
    const app = `, command: [sh, -c, "sluice wait schema && exec app"], ${url("a")}`;
    expect(codes(deployment({ app }) + job(url("a")))).toEqual(["SM011"]);
  });
  test("in another namespace it is another Secret", () => {
    const own = job(url("a")).replace("name: migrate }", "name: migrate, namespace: one }");
    const app = deployment({ app: `, ${url("a")}` }).replace("name: api }", "name: api, namespace: two }");
    expect(codes(app + own)).toEqual([]);
  });
});
