import { describe, expect, test } from "bun:test";
import { runSluice } from "../support/run.ts";

const wait = (...args: string[]) => runSluice(["wait", ...args]);

describe("wrong arguments end the gate at once with exit 2", () => {
  test.each<[string[], string, string]>([
    [["deploymnt/x"], "SL5005", "Did you mean deployment/x?"],
    [["job:x"], "SL5005", "Did you mean job/x?"],
    [["job", "x"], "SL5006", "Did you mean job/x?"],
    [["job"], "SL5006", "-l SELECTOR"],
    [["job/"], "SL5006", "the name is missing"],
    [["job/a/b"], "SL5006", "-n a"],
    [["Job/X"], "SL5005", "Did you mean job/x?"],
    [["job/A_b"], "SL5006", "Did you mean job/a-b?"],
    [["schema", "tcp://db"], "SL5006", "tcp://db:PORT"],
    [["postgres://a:hunter2@db/a"], "SL5005", "sluice wait database"],
    [["https://a:hunter2@"], "SL5006", "https://HOST"],
    [["job/x", "-l", "a=b"], "SL5008", "job -l SELECTOR"],
    [["job", "pod", "-l", "a=b", "-l", "c=d", "-l", "e=f"], "SL5008", "one for each"],
    [["job/x", "--for=complete"], "SL5009", "--for=condition=Complete"],
    [["tcp://a:1", "--for=delete"], "SL5007", "--for is for targets of Kubernetes"],
    [["schema", "--identity", "a=b"], "SL5007", "--identity is for jobs"],
    [["job/x", "--identity", "a="], "SL5007", "has no value"],
    [["job/x", "--for=delete", "--identity", "a=b"], "SL5007", "do not go together"],
    [["job/x", "--status", "200"], "SL5007", "--status is for http"],
    [["http://a", "--status", "2xx"], "SL5007", "200,204,300-399"],
    [["http://a", "--header", "Authorization Bearer hunter2"], "SL5007", "NAME: VALUE"],
    [["https://a", "--ca-file", "/nowhere.pem"], "SL5010", "PEM"],
    [["job/x", "--jitter", "5"], "SL2004", "duration"],
    [["database", "--require", "5"], "SL5007", "--require is for the target `schema`"],
    [["tcp://a:1", "-n", "shop"], "SL5007", "--namespace is for targets of Kubernetes"],
    [["schema", "--logs"], "SL5007", "--logs is for job/NAME"],
    [["job/x", "-n", "a/b"], "SL7012", "lower-case letters"],
    [["job/x", "-n", "FOO"], "SL7012", '"FOO"'],
  ])("wait %p: %s", async (args, code, text) => {
    const { code: status, stdout, stderr } = await wait(...args);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(code);
    expect(stderr.replace(/\s+/g, " ")).toContain(text);
    expect(stderr).not.toContain("hunter2");
  });
});

test("without an API server a target of Kubernetes is wrong usage, and not open", async () => {
  const { code, stdout } = await wait("job/x", "--kubeconfig", "/nowhere", "--timeout", "30s");
  expect([code, stdout]).toEqual([2, ""]);
});
