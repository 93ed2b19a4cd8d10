import { serviceAccountOf } from "../checking/accounts.ts";
import type { Found, Look, ManifestRule } from "../checking/rule.ts";
import { type Container, type Subject, sameNamespace } from "../checking/subjects.ts";
import { targets } from "../checking/waiting.ts";
import { tokenPath } from "../gate.ts";
import { isOff, type JsonMap, mapsAt, textAt } from "../json.ts";

export const gateWithoutToken: ManifestRule = {
  code: "SM010",
  name: "gate-without-token",
  title: "A gate asks the API server and has no token",
  what: "A gate for an object of Kubernetes in a pod with `automountServiceAccountToken: false` (its own, or its ServiceAccount's where that is in the input), without a mounted token and without `KUBECONFIG`.",
  why: "Without credentials the gate does not find the API server, or is nobody there: the pod never starts.",
  fix: "Mount a projected token into the gate alone, which leaves the application without one: `sluice inject --service-account-token` and the chart do that. Or let the gate ask the database, for which it needs no token.",
  find(look) {
    return look.subjects.flatMap((subject) =>
      subject.gates.flatMap((gate): Found[] => {
        const target = targets(gate).find(({ kind }) => kind !== undefined);
        const place = withoutToken(look, subject);
        if (target === undefined || place === undefined || hasToken(gate, subject)) return [];
        return [
          {
            subject,
            path: place === "pod" ? [...subject.path, "automountServiceAccountToken"] : gate.path,
            message: `the gate ${gate.name} asks the API server for ${target.text}, and automountServiceAccountToken is false`,
            fix: `mount a projected serviceAccountToken at ${tokenPath} in ${gate.name} of ${subject.label}`,
          },
        ];
      }),
    );
  },
};

function withoutToken(look: Look, subject: Subject): "pod" | "account" | undefined {
  const own = subject.pod["automountServiceAccountToken"];
  if (own !== undefined) return isOff(own) ? "pod" : undefined;
  const name = serviceAccountOf(subject) ?? "default";
  const account = look.objects.find(
    (one) =>
      one.kind === "ServiceAccount" && one.name === name && sameNamespace(one.namespace, subject.namespace),
  );
  return isOff(account?.object["automountServiceAccountToken"]) ? "account" : undefined;
}

function hasToken({ map }: Container, { pod }: Subject): boolean {
  const isNamed = mapsAt(map, "env").some((one) => /^(SLUICE_)?KUBECONFIG$/.test(textAt(one, "name") ?? ""));
  const mounts = mapsAt(map, "volumeMounts");
  const volumes = mapsAt(pod, "volumes").filter((volume) =>
    mounts.some((mount) => textAt(mount, "name") === textAt(volume, "name")),
  );
  const isProjected = (volume: JsonMap) =>
    mapsAt(volume, "projected", "sources").some((source) => source["serviceAccountToken"] !== undefined);
  return (
    isNamed ||
    volumes.some(isProjected) ||
    mounts.some((mount) => textAt(mount, "mountPath")?.replace(/\/$/, "") === tokenPath)
  );
}
