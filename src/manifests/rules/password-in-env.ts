import type { Found, ManifestRule } from "../checking/rule.ts";
import { type JsonMap, mapsAt, textAt } from "../json.ts";
import { holdsPassword, isPasswordName } from "../passwords.ts";

/** Values of what only says something about passwords: ALLOW_EMPTY_PASSWORD=yes. */
const switches = /^(|true|false|yes|no|on|off|0|1)$/i;

export const passwordInEnv: ManifestRule = {
  code: "SM013",
  name: "password-in-env",
  title: "A password is written into a manifest",
  what: "A variable whose `value` is a URL or a connection string with a password, or whose name ends in `PASSWORD`, `PASSWD`, `_PASS` or `_PWD` and whose value is a text; and arguments with such a URL. What refers to another variable, `$(DB_PASSWORD)`, is none. The finding does not repeat the password.",
  why: "Manifests lie in repositories, in Helm's releases and in logs of pipelines, and everybody who may read a Pod reads its variables. An argument stands in the list of processes too.",
  fix: "Put it into a Secret and refer to it with `valueFrom: { secretKeyRef: { name: ..., key: ... } }`.",
  find(look) {
    return look.subjects.flatMap((subject) =>
      subject.containers.flatMap(({ name: container, map, path }): Found[] => {
        const inEnv = mapsAt(map, "env").flatMap((one, index): Found[] => {
          const name = textAt(one, "name") ?? "";
          if (!isPassword(name, one)) return [];
          return [
            {
              subject,
              path: [...path, "env", index, "value"],
              message: `the value of ${name} in the container ${container} holds a password in plain text`,
              fix: `put it into a Secret, and give ${name} of ${subject.label} a valueFrom.secretKeyRef`,
            },
          ];
        });
        const inWords = (["command", "args"] as const).flatMap((key) =>
          textsOf(map, key).flatMap((text, index): Found[] =>
            text.split(/\s+/).some((word) => holdsPassword(word.replace(/^[-\w]+=/, "")))
              ? [
                  {
                    subject,
                    path: [...path, key, index],
                    message: `an argument of the container ${container} holds a password in plain text`,
                    fix: `put it into a Secret, and give ${container} of ${subject.label} a variable with valueFrom.secretKeyRef`,
                  },
                ]
              : [],
          ),
        );
        return [...inEnv, ...inWords];
      }),
    );
  },
};

function isPassword(name: string, variable: JsonMap): boolean {
  const value = variable["value"];
  if (typeof value !== "string" && typeof value !== "number") return false;
  const text = String(value);
  if (holdsPassword(text)) return true;
  return isPasswordName(name) && !switches.test(text) && !text.includes("$(");
}

function textsOf(map: JsonMap, key: string): string[] {
  const list = map[key];
  return Array.isArray(list) ? list.map(String) : [];
}
