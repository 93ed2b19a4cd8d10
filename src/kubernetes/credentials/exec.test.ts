import { describe, expect, test } from "bun:test";
import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createAuthority, issue } from "../../../test/cluster/pki.ts";
import { tempDir, writeFiles } from "../../../test/support/temp.ts";
import { type ExecPlugin, execCredentials } from "./exec.ts";

const apiVersion = "client.authentication.k8s.io/v1";

/** A plugin of a few lines of shell; counts its runs in the file `runs`. */
function plugin(
  body: string,
  more: Partial<ExecPlugin> = {},
): { plugin: ExecPlugin; runs(): number; folder: string } {
  const folder = tempDir({ plug: `#!/bin/sh\necho run >> "${"$"}(dirname "$0")/runs"\n${body}\n`, runs: "" });
  const command = join(folder, "plug");
  chmodSync(command, 0o755);
  const none = { args: [], env: {}, installHint: undefined, cluster: undefined, place: undefined };
  return {
    plugin: { apiVersion, command, ...none, ...more },
    runs: () => readFileSync(join(folder, "runs"), "utf8").split("\n").length - 1,
    folder,
  };
}

const answer = (status: object, version = apiVersion) =>
  `cat <<'END'\n${JSON.stringify({ apiVersion: version, kind: "ExecCredential", status })}\nEND`;

const env = { PATH: process.env["PATH"] };

describe("a credential plugin", () => {
  test("runs once until its answer expires or is refused, also for requests at once", async () => {
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    const one = plugin(answer({ token: "abc", expirationTimestamp: soon }));
    const credentials = execCredentials(one.plugin, env);
    const [first] = await Promise.all([credentials.current(), credentials.current(), credentials.current()]);
    expect(first?.authorization).toBe("Bearer abc");
    expect(one.runs()).toBe(1);
    expect(credentials.refused()).toBe(true);
    await credentials.current();
    expect(one.runs()).toBe(2);
  });

  test("runs again when its answer has expired", async () => {
    const one = plugin(answer({ token: "abc", expirationTimestamp: "2020-01-01T00:00:00Z" }));
    const credentials = execCredentials(one.plugin, env);
    await credentials.current();
    await credentials.current();
    expect(one.runs()).toBe(2);
  });

  test("gets its arguments, its variables and what it may know", async () => {
    const { cert, key } = issue(createAuthority("ca"), { commonName: "alice" });
    const body = `printf '%s|%s|%s' "$1" "$STAGE" "$KUBERNETES_EXEC_INFO" > "$(dirname "$0")/got"\n${answer({ clientCertificateData: cert, clientKeyData: key })}`;
    const more = { args: ["a b"], env: { STAGE: "prod" }, cluster: { server: "https://h" } };
    const one = plugin(body, more);
    expect(await execCredentials(one.plugin, env).current()).toEqual({
      authorization: undefined,
      cert,
      key,
    });
    const [argument, stage, info] = readFileSync(join(one.folder, "got"), "utf8").split("|");
    expect([argument, stage]).toEqual(["a b", "prod"]);
    expect(JSON.parse(info ?? "")).toEqual({
      apiVersion,
      kind: "ExecCredential",
      spec: { interactive: false, cluster: { server: "https://h" } },
    });
  });

  test("that is missing is named at once, with its own advice", () => {
    const { plugin: there } = plugin("");
    const make = () =>
      execCredentials({ ...there, command: "no-such-plugin", installHint: "brew install x\n" }, env);
    expect(make).toThrow("the credential plugin no-such-plugin cannot be started: it is not there");
    try {
      make();
    } catch (error) {
      expect(error).toMatchObject({ code: "SL7006", exit: 2, notes: ["brew install x"] });
    }
  });

  test("that fails may succeed later; what it said is shown, its output is not", async () => {
    const one = plugin(
      'if [ ! -f "$(dirname "$0")/ok" ]; then echo top-secret; echo "session expired" >&2; exit 3; fi\n' +
        answer({ token: "t" }),
    );
    const credentials = execCredentials(one.plugin, env);
    const error = await credentials.current().catch((thrown) => thrown);
    expect([error.code, error.exit]).toEqual(["SL7007", 69]);
    expect(error.message).toEndWith("failed: exit status 3: session expired");
    expect(JSON.stringify([error.message, error.notes])).not.toContain("top-secret");
    writeFiles(one.folder, { ok: "" });
    expect((await credentials.current()).authorization).toBe("Bearer t");
  });

  test.each([
    ["echo hello", "it is no JSON"],
    ["true", "it is empty"],
    ["echo '{}'", "it is no ExecCredential"],
    [
      answer({ token: "t" }, "client.authentication.k8s.io/v1beta1"),
      "it is of client.authentication.k8s.io/v1beta1",
    ],
    [answer({}), "it has neither a token nor a certificate"],
    [answer({ clientKeyData: "K" }), "it has only one of certificate and key"],
    [answer({ token: "t", expirationTimestamp: "later" }), "its expirationTimestamp is no time"],
  ])("whose answer cannot be used: %p", async (body, reason) => {
    const error = await execCredentials(plugin(body).plugin, env)
      .current()
      .catch((thrown) => thrown);
    expect(error.code).toBe("SL7008");
    expect(error.message).toContain(reason);
  });
});
