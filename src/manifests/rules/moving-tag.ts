import type { Found, ManifestRule } from "../checking/rule.ts";
import { holder, migrationJobs } from "../checking/waiting.ts";
import { textAt } from "../json.ts";

export const movingTag: ManifestRule = {
  code: "SM016",
  name: "moving-tag",
  title: "An image's tag does not say which version it is",
  what: "An image with the tag `latest`, or without tag and digest, in a Job that migrates or that a gate waits for, and in the pods that a migration holds back.",
  why: "What migrates, and what starts afterwards, can be two versions: a node that pulls again gets another image than the one that migrated, and old pods that are replaced get the new code before its schema. A name by hash stays the same when the image changes, so that the migration does not run.",
  fix: "Write the version that your pipeline has built, or its digest: `image: registry.example/shop:1.4.2`.",
  find(look) {
    const jobs = migrationJobs(look);
    const subjects = look.subjects.filter((one) => jobs.includes(one) || holder(one) !== undefined);
    return subjects.flatMap((subject) =>
      subject.containers.flatMap(({ name, map, path }): Found[] => {
        const image = textAt(map, "image");
        const tag = image === undefined ? undefined : movingTagOf(image);
        if (image === undefined || tag === undefined) return [];
        return [
          {
            subject,
            path: [...path, "image"],
            message: `the image of ${name}, ${image}, ${tag}`,
            fix: `write a version or a digest behind ${image.replace(/:latest$/, "")} in ${subject.label}`,
          },
        ];
      }),
    );
  },
};

function movingTagOf(image: string): string | undefined {
  if (image.includes("@") || image === "") return undefined;
  const last = image.slice(image.lastIndexOf("/") + 1);
  const [, tag] = last.split(":");
  if (tag === undefined || tag === "") return "has no tag, which means latest";
  return tag === "latest" ? "has the tag latest" : undefined;
}
