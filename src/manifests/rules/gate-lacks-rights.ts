import { serviceAccountOf } from "../checking/accounts.ts";
import { knowsRights, mayDo, needsOf } from "../checking/rights.ts";
import type { Found, ManifestRule } from "../checking/rule.ts";
import { valuesOf } from "../option-words.ts";

export const gateLacksRights: ManifestRule = {
  code: "SM009",
  name: "gate-lacks-rights",
  title: "A gate may not look at what it waits for",
  what: "A gate for an object of Kubernetes (`job/NAME`, `deployment/NAME`, `service/NAME` and so on) whose ServiceAccount has no Role that gives `list` and `watch` on it by a RoleBinding, or the same for the cluster. `kubectl get` needs `get`, `kubectl wait` all three. Looked at only where the input has objects of RBAC, or a namespace is looked at. A binding to a role that the input does not hold counts as enough, because what it gives is not known.",
  why: "The API server refuses the gate (403). It keeps asking and says so in its log, and the pod never starts. A Role with `resourceNames` that still names the Job of the release before is the usual case.",
  fix: "Give the ServiceAccount of the pods a Role with `list` and `watch`; the gate prints the whole of it where it is refused. The chart's `sluice.rbac` makes it. Or let the gate ask the database (`schema`, `run/ID`), for which it needs no rights at all.",
  applies: knowsRights,
  find(look) {
    if (!knowsRights(look)) return [];
    return look.subjects.flatMap((subject) =>
      subject.gates.flatMap((gate): Found[] => {
        const name = serviceAccountOf(subject) ?? "default";
        const [namespace = subject.namespace] = valuesOf(gate.call?.words ?? [], ["-n", "--namespace"]);
        const account = { name, namespace: subject.namespace };
        const lacking = needsOf(gate).filter((need) => !mayDo(look, account, namespace, need));
        const [first] = lacking;
        if (first === undefined) return [];
        const words = [
          ...new Set(
            lacking.map((one) => (one.name === undefined ? one.resource : `${one.resource}/${one.name}`)),
          ),
        ];
        return [
          {
            subject,
            path: [...gate.path, "args"],
            message: `the gate ${gate.name} may not ${and(first.verbs)} ${words.join(", ")}: no Role gives that to the ServiceAccount ${name}`,
            fix: `bind ${name} to a Role with { apiGroups: ["${first.group}"], resources: [${first.resource}], verbs: [${first.verbs.join(", ")}] }`,
          },
        ];
      }),
    );
  },
};

/** "list and watch", "get, list and watch". */
function and(words: readonly string[]): string {
  return words.join(", ").replace(/, ([^,]*)$/, " and $1");
}
