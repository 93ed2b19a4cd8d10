import { accountSecrets, type SecretUse, sharedUses } from "../checking/accounts.ts";
import type { Found, ManifestRule } from "../checking/rule.ts";
import { type Subject, sameNamespace } from "../checking/subjects.ts";

export const privilegedSecret: ManifestRule = {
  code: "SM011",
  name: "privileged-secret",
  title: "The application has the account of the migrations",
  what: "A container of an application that has the Secret (and key) from which a container that migrates takes the account of the database: by `secretKeyRef`, whole by `envFrom`, or as files of a volume. On the side of the migration a file counts where a variable names it, such as `SLUICE_URL_FILE` or `PGPASSFILE`. A Secret that both take by `envFrom` counts where the migration has no other one and the application names no account of its own. Jobs and init containers that migrate are no application.",
  why: "That account may drop and empty every table. One injected statement in the application, or one line of a dependency, is then enough; and migration and application can no longer be told apart in the server's log.",
  fix: "Give the application a Secret of its own with an account that reads and writes rows only: [the guide](../guides/accounts.md) sets both up, and `sluice check --database` checks them.",
  find(look) {
    const privileged = look.subjects.flatMap((subject) =>
      subject.migrators
        .filter(({ isInit }) => isInit || subject.kind === "Job")
        .map((container) => ({ subject, container, secrets: accountSecrets(container, subject.pod) })),
    );
    const found = new Map<string, Found>();
    for (const { subject: owner, container: migrator, secrets } of privileged)
      for (const subject of look.subjects.filter((one) => isApplication(one, owner)))
        for (const container of subject.containers) {
          if (container.isInit || container.call !== undefined) continue;
          for (const use of sharedUses(container, subject.pod, secrets)) {
            const path = [...container.path, ...use.path];
            const key = JSON.stringify([look.subjects.indexOf(subject), path]);
            if (found.has(key)) continue;
            const who = owner === subject ? `the init container ${migrator.name}` : owner.label;
            found.set(key, {
              subject,
              path,
              message: `the container ${container.name} gets the account by which ${who} migrates: ${what(use)}`,
              fix: `give ${container.name} of ${subject.label} another Secret, with an account that cannot change the schema`,
            });
          }
        }
    return [...found.values()];
  },
};

function isApplication(subject: Subject, owner: Subject): boolean {
  return subject.kind !== "Job" && sameNamespace(subject.namespace, owner.namespace);
}

function what({ secret, key }: SecretUse): string {
  return key === undefined ? `all of the Secret ${secret}` : `${key} of the Secret ${secret}`;
}
