import type { Found, Look, ManifestRule } from "../checking/rule.ts";
import type { Path, Subject } from "../checking/subjects.ts";
import { migrationJobs } from "../checking/waiting.ts";
import { type JsonMap, mapAt } from "../json.ts";
import { MESHES, type Mesh } from "../meshes.ts";
import { marksOf } from "../metadata.ts";

export const jobSidecar: ManifestRule = {
  code: "SM014",
  name: "job-sidecar",
  title: "A second container keeps the Job of the migration from ending",
  what: 'A Job that migrates, or that a gate waits for, with more than one container; or into which a service mesh puts its proxy: `sidecar.istio.io/inject: "true"`, `linkerd.io/inject: enabled` or `kuma.io/sidecar-injection: enabled` at its pods, or at the Namespace where that is in the input and the pods do not say no. Native sidecars (an init container with `restartPolicy: Always`) are in order: they are ended with the Job.',
  why: "A Job is complete when all containers of its pod have ended. A proxy never ends by itself, so the Job never is: a gate for `job/NAME` stays closed after a migration that went well, until `activeDeadlineSeconds` makes it a failure.",
  fix: 'Make the second container an init container with `restartPolicy: Always`. Of a mesh, write `sidecar.istio.io/inject: "false"` (label), `linkerd.io/inject: disabled` (annotation) or `kuma.io/sidecar-injection: disabled` (label) at the Job\'s pods, or have the mesh use native sidecars.',
  find(look) {
    return migrationJobs(look).flatMap((subject): Found[] => {
      const [, second] = subject.containers.filter(({ isInit }) => !isInit);
      const found: Found[] = [];
      if (second !== undefined)
        found.push({
          subject,
          path: [...second.path, "name"],
          message: `${subject.label} ends only when the container ${second.name} ends too`,
          fix: `make ${second.name} an init container with restartPolicy: Always`,
        });
      const mesh = meshOf(look, subject);
      if (mesh !== undefined)
        found.push({
          subject,
          path: mesh.path,
          message: `${mesh.name} puts its proxy into the pods of ${subject.label}, which then do not end`,
          fix: `write ${mesh.key}: ${mesh.off} at the pod template of ${subject.label}`,
        });
      return found;
    });
  },
};

function meshOf(look: Look, subject: Subject): (Mesh & { path: Path }) | undefined {
  const { template, namespace, root } = subject;
  const base = [...root, "spec", "template", "metadata"];
  const marks = { ...marksOf(subject, "labels"), ...marksOf(subject, "annotations") };
  const space = look.objects.find(({ kind, name }) => kind === "Namespace" && name === namespace);
  const around: JsonMap = {
    ...mapAt(space?.object, "metadata", "labels"),
    ...mapAt(space?.object, "metadata", "annotations"),
  };
  for (const mesh of MESHES) {
    if (mesh.native.some((key) => String(marks[key]) === "true")) continue;
    for (const what of ["labels", "annotations"] as const) {
      const own = mapAt(template, "metadata", what)[mesh.key];
      if (own !== undefined && mesh.on.includes(String(own)))
        return { ...mesh, path: [...base, what, mesh.key] };
    }
    const isSaid = ["labels", "annotations"].some(
      (what) => mapAt(template, "metadata", what)[mesh.key] !== undefined,
    );
    if (!isSaid && mesh.on.includes(String(around[mesh.space]))) return { ...mesh, path: base };
  }
  return undefined;
}
