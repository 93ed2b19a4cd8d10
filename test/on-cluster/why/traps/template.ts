import { handChart } from "../hand.ts";
import { line, type Trap } from "../trap.ts";

const immutable = /field is immutable/;

export const template: Trap = {
  title: "`helm template` knows no revision: the second release is refused",
  written:
    "The same chart by `helm template | kubectl apply`, or by Argo CD, which renders it like that. `{{ .Release.Revision }}` is always 1 there.",
  seen: {
    values: { job: { annotations: { "argocd.argoproj.io/sync-wave": "0" } } },
    code: "SM008",
    where: "where an annotation or label shows that Argo CD or Flux applies them",
  },

  async byHand(start) {
    const rel = await start();
    const apply = async (version: string) => {
      const { stdout } = await rel.helm(["template", "rel", handChart], { version });
      await rel.at.it.apply(rel.at.namespace, stdout);
    };
    await apply("v1");
    await rel.noted("v1", "end");
    const error = await apply("v2").then(
      () => "",
      ({ message }: Error) => message,
    );
    const job = line(error, immutable).replace(/Invalid value: .*: /, "... ");
    await rel.at.kubectl("rollout status deployment/rel-web --timeout=170s");
    const migrated = rel.notes.some(({ version }) => version === "v2");
    return {
      happened: immutable.test(error) && !migrated,
      evidence: `\`${job}\`. The Deployment, which comes before it, was applied. v2 was rolled out without its migration, because its gate found the Job of v1 Complete.`,
    };
  },

  async withSluice(start) {
    const rel = await start();
    const apply = async () => {
      const { stdout } = await rel.helm(["template", "rel", rel.chart], {});
      await rel.at.it.apply(rel.at.namespace, stdout);
    };
    await apply();
    await rel.rolledOut();
    rel.schema(2);
    await apply();
    await rel.rolledOut();
    const versions = await rel.versions();
    return {
      happened: versions.length !== 2,
      evidence: `Both were applied, and ${versions.length} of 2 versions are in the database. The Job's name is a hash of what it runs, the same wherever it is rendered.`,
    };
  },
};
