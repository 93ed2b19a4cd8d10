import type { Found, ManifestRule } from "../checking/rule.ts";
import type { Container } from "../checking/subjects.ts";
import { targets } from "../checking/waiting.ts";
import { textAt } from "../json.ts";
import { verbOf } from "../kubectl.ts";
import { hasLoop } from "../shell.ts";

export const blindGate: ManifestRule = {
  code: "SM019",
  name: "blind-gate",
  title: "A gate written by hand does not see every state of its Job",
  what: "An init container that waits for a Job with kubectl, alone or in a script: `kubectl wait` without a loop around it, which ends where the Job is not there yet; `kubectl wait` and `kubectl get` in a script that does not ask whether the Job has failed; `kubectl get` in a loop that looks at nothing but whether the Job is there; `kubectl describe`, which takes a Job whose name begins alike. And the image `k8s-wait-for`, which looks as `kubectl describe` does. Variables are followed as far as the manifest says them.",
  why: "The gate opens although nothing has migrated, waits in silence for a Job that has failed, or ends and is started again with pauses of up to five minutes. [Why not by hand](../why.md) shows each on a cluster.",
  fix: "Replace it by `sluice wait schema`, which asks the database, or by `sluice wait job/NAME`, which opens for exactly that Job when it is Complete, and says why it is not: [the guide](../guides/gate.md). For `k8s-wait-for` it is [one line](../guides/from-k8s-wait-for.md).",
  find(look) {
    return look.subjects.flatMap((subject) =>
      subject.gates.flatMap((gate): Found[] => {
        const job = targets(gate).find(({ kind }) => kind === "Job");
        const problems = job === undefined ? [] : blindnesses(gate);
        if (job === undefined || problems.length === 0) return [];
        return [
          {
            subject,
            path: [...gate.path, gate.map["command"] === undefined ? "args" : "command"],
            message: `the gate ${gate.name} waits for ${job.text} with ${nameOf(gate)}, and ${problems.join(", and ")}`,
            fix: `let ${gate.name} of ${subject.label} run sluice wait schema, or sluice wait job/NAME`,
          },
        ];
      }),
    );
  },
};

function nameOf({ call }: Container): string {
  return call?.program === "kubectl" ? `kubectl ${verbOf(call.words)}` : "k8s-wait-for";
}

/** What a gate does not see, in half sentences. */
function blindnesses({ call, map }: Container): string[] {
  if (call?.program === "wait_for.sh") {
    // Ours stands in for it under the same name, in an image of another.
    const isOld = /(^|\/)k8s-wait-for([:@]|$)/.test(textAt(map, "image") ?? "");
    return isOld ? ["takes one that is suspended, or whose name begins alike, for one that is done"] : [];
  }
  if (call?.program !== "kubectl") return [];
  const text = ["command", "args"].flatMap((key) => map[key] ?? []).join("\n");
  const asksForFailure = /fail/i.test(text);
  switch (verbOf(call.words)) {
    case "describe":
      return ["takes one whose name begins alike, where that is not there, for it"];
    case "wait": {
      const isPatient = hasLoop(text) || /--for[= ]create/.test(text);
      return [
        ...(isPatient ? [] : ["ends with an error where that is not there yet"]),
        ...(asksForFailure ? [] : ["does not see that it has failed"]),
      ];
    }
    case "get": {
      const asksForState = /succe|complet|condition|status|wait/i.test(text);
      if (!asksForState) return ["opens as soon as that is there, whether it has migrated or not"];
      return asksForFailure ? [] : ["waits for ever, in silence, when it has failed"];
    }
  }
}
