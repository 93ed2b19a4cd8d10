import type { Found, ManifestRule } from "../checking/rule.ts";
import type { Container } from "../checking/subjects.ts";
import { targets } from "../checking/waiting.ts";
import { mapsAt, textAt } from "../json.ts";
import { isProxy } from "../proxies.ts";

const loopback = String.raw`(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)`;

export const gateBeforeProxy: ManifestRule = {
  code: "SM015",
  name: "gate-before-proxy",
  title: "A gate reaches the database through a proxy that starts after it",
  what: "An init container that waits or migrates, whose variables or arguments say that the database is at `127.0.0.1` or `localhost`, with no native sidecar before it and a proxy behind it: a native sidecar that comes later, or a container whose name or image says proxy, tunnel or pooler. An address that stands in a Secret cannot be seen.",
  why: "Init containers run one after the other, and containers start when all of them have ended. The gate waits for a database that answers only through what starts after the gate: the pod never starts.",
  fix: "Make the proxy an init container with `restartPolicy: Always` and a startup probe, and put the gate behind it: `sluice inject --position after:NAME`.",
  find(look) {
    return look.subjects.flatMap((subject) => {
      const inits = subject.containers.filter(({ isInit }) => isInit);
      return [...subject.gates, ...subject.migrators.filter(({ isInit }) => isInit)].flatMap(
        (gate): Found[] => {
          const index = inits.indexOf(gate);
          if (!asksLoopback(gate) || inits.slice(0, index).some(({ isSidecar }) => isSidecar)) return [];
          const later = inits.slice(index + 1).filter(({ isSidecar }) => isSidecar);
          const others = subject.containers.filter((one) => !one.isInit && isProxy(one.map));
          const proxy = later.find(({ map }) => isProxy(map)) ?? later[0] ?? others[0];
          if (proxy === undefined) return [];
          const first = proxy.isInit
            ? ""
            : `make ${proxy.name} an init container with restartPolicy: Always, and `;
          return [
            {
              subject,
              path: [...gate.path, "name"],
              message: `${gate.name} asks a database at the pod's own address, and ${proxy.name} starts after it`,
              fix: `${first}put ${gate.name} of ${subject.label} behind ${proxy.name}`,
            },
          ];
        },
      );
    });
  },
};

function asksLoopback(container: Container): boolean {
  const { map, call } = container;
  const inUrl = new RegExp(`^[a-z][a-z0-9+.-]*://([^/@]*@)?${loopback}([:/?]|$)`, "i");
  const inText = new RegExp(`(^|\\s)(host|hostaddr)=${loopback}(\\s|$)`, "i");
  const needsDatabase =
    call?.command !== "wait" ||
    targets(container).some(({ word }) => ["schema", "run", "database", "tcp"].includes(word));
  if (!needsDatabase) return false;
  const isLoopback = (text: string) => inUrl.test(text) || inText.test(text);
  return (
    mapsAt(map, "env").some((one) => {
      const value = textAt(one, "value") ?? "";
      const isHost = /^PGHOST(ADDR)?$/.test(textAt(one, "name") ?? "");
      return isLoopback(value) || (isHost && new RegExp(`^${loopback}$`, "i").test(value));
    }) || (call?.words ?? []).some((word) => isLoopback(word.replace(/^--[-a-z]+=/, "")))
  );
}
