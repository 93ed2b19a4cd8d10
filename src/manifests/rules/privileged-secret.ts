import { accountSecrets, type SecretUse, sharedUses } from "../checking/accounts.ts";
import type { Found, ManifestRule } from "../checking/rule.ts";
import { type Container, type Subject, sameNamespace } from "../checking/subjects.ts";
import { migrationJobs } from "../checking/waiting.ts";

export const privilegedSecret: ManifestRule = {
  code: "SM011",
  name: "privileged-secret",
  title: "The application has the account of the migrations",
  what: "A container of an application that has the Secret (and key) from which a container that migrates takes the account of the database: by `secretKeyRef`, whole by `envFrom`, or as files of a volume. A Job that a gate waits for, or that is marked as a migration, counts as one whatever it runs. On the side of the migration a variable counts whose name says that it is the account of a database (`DATABASE_URL`, `DB_PASSWORD`, `SPRING_DATASOURCE_PASSWORD`), and a file where a variable names it, such as `SLUICE_URL_FILE` or `PGPASSFILE`; where there is neither, nor a Secret by `envFrom`, each one whose name ends as an account's does. The application may call it as it likes. A Secret that both take by `envFrom` counts where the migration has no other one and the application names no account of its own. Jobs and init containers that migrate are no application.",
  why: "That account may drop and empty every table. One injected statement in the application, or one line of a dependency, is then enough; and migration and application can no longer be told apart in the server's log.",
  fix: "Give the application a Secret of its own with an account that reads and writes rows only: [the guide](../guides/accounts.md) sets both up, and `sluice check --database` checks them.",
  find(look) {
    const jobs = migrationJobs(look);
    const privileged = look.subjects.flatMap((subject) =>
      migratorsOf(subject, jobs.includes(subject)).map((container) => ({
        subject,
        container,
        secrets: accountSecrets(container, subject.pod),
      })),
    );
    const found = new Map<string, Found>();
    for (const { subject: owner, container: migrator, secrets } of privileged)
      for (const subject of look.subjects.filter((one) => isApplication(one, owner)))
        for (const container of subject.containers) {
          if (container.isInit || subject.migrators.includes(container)) continue;
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

/** The containers that have the account to migrate with: of a Job that runs another tool, all that it runs. */
function migratorsOf({ kind, migrators, containers }: Subject, isMigration: boolean): readonly Container[] {
  if (isMigration && migrators.length === 0) return containers.filter(({ isInit }) => !isInit);
  return migrators.filter(({ isInit }) => isInit || kind === "Job");
}

function isApplication(subject: Subject, owner: Subject): boolean {
  return subject.kind !== "Job" && sameNamespace(subject.namespace, owner.namespace);
}

function what({ secret, key }: SecretUse): string {
  return key === undefined ? `all of the Secret ${secret}` : `${key} of the Secret ${secret}`;
}
