import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import {
  bareImage,
  command,
  copied,
  foreignImage,
  type Library,
  libraries,
  loadForeign,
} from "../foreign-images.ts";
import { image, loadSluice } from "../image-fixture.ts";
import { place } from "../real-fixture.ts";
import { type Shop, shop } from "../shop-fixture.ts";
import { cluster, isOurs } from "../support.ts";

/** A team's own image and command, with each C library: Sluice gets into it by `sluice install`, or by COPY. */
setDefaultTimeout(300_000);

/** The application's container, so that all of the release stands under PodSecurity `restricted`. */
const restricted = {
  runAsNonRoot: true,
  runAsUser: 65532,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

async function foreignShop(library: Library, tag: string, more: object): Promise<Shop> {
  const rel = await shop({
    image: { repository: foreignImage(library), tag },
    command,
    files: { glob: "" },
    database: { secret: "shop-migrator", variable: "DATABASE_URL" },
    // The server has no certificate, and dbmate asks for one otherwise.
    env: [{ name: "PGSSLMODE", value: "disable" }],
    ...more,
  });
  await rel.at.kubectl(`label namespace ${rel.at.namespace} pod-security.kubernetes.io/enforce=restricted`);
  return rel;
}

/** Installs or upgrades, and waits until all gates are open. */
async function release(rel: Shop, sluice: object): Promise<void> {
  await rel.upgrade(sluice, ["--set-json", `securityContext=${JSON.stringify(restricted)}`]);
  await rel.rolledOut();
}

/** Which migrations dbmate has applied, as often as each was. */
async function done({ database }: Shop): Promise<number[]> {
  return (await database.query("SELECT migration FROM done ORDER BY 1")).map(({ migration }) => migration);
}

async function runs({ database }: Shop): Promise<[string, string][]> {
  const rows = await database.query("SELECT kind, state FROM sluice_history ORDER BY started_at");
  return rows.map(({ kind, state }) => [kind, state]);
}

describe.skipIf(!isOurs)("an image that is not Sluice's", () => {
  let inImage: Record<Library, string>;
  beforeAll(async () => {
    const it = await cluster();
    await loadSluice(it);
    inImage = await loadForeign(it);
  }, 180_000);

  for (const library of libraries) {
    test(`${library}: an init container brings Sluice; job, hook and init run dbmate once for each release`, async () => {
      const rel = await foreignShop(library, "1", { install: true });
      await release(rel, {});
      expect(await done(rel)).toEqual([1]);

      const image = (tag: string) => ({ repository: foreignImage(library), tag });
      await release(rel, { strategy: "hook", image: image("2") });
      expect(await done(rel)).toEqual([1, 2]);

      await release(rel, { strategy: "init", image: image("3") });
      expect(await done(rel)).toEqual([1, 2, 3]);
      expect(await runs(rel)).toEqual(Array(3).fill(["run", "applied"]));
    });

    test(`${library}: Sluice is in the image by COPY`, async () => {
      const rel = await foreignShop(library, copied, { executable: inImage[library] });
      await release(rel, {});
      expect(await done(rel)).toEqual([1]);
      expect(await runs(rel)).toEqual([["run", "applied"]]);
    });
  }

  test("what was brought starts without any C library and resolves names beside musl; the executable alone does not start", async () => {
    const at = await place({ "pod-security.kubernetes.io/enforce": "restricted" });
    const volumes = ["whole", "alone"];
    const container = (name: string, volume: string, more: object) => ({
      name,
      volumeMounts: [{ name: volume, mountPath: `/${volume}` }],
      securityContext: { ...restricted, readOnlyRootFilesystem: true },
      ...more,
    });
    await at.apply({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "names" },
      spec: {
        restartPolicy: "Never",
        volumes: volumes.map((name) => ({ name, emptyDir: {} })),
        initContainers: [
          container("install", "whole", { image, args: ["install", "/whole"] }),
          container("install-alone", "alone", { image, args: ["install", "/alone", "--no-libc"] }),
        ],
        containers: [
          container("whole", "whole", {
            image: `${foreignImage("musl")}:1`,
            command: ["/whole/sluice", "wait", "tcp://kubernetes.default.svc:443", "--timeout=50s"],
          }),
          container("alone", "alone", {
            image: `${foreignImage("musl")}:1`,
            command: ["/alone/sluice", "--version"],
          }),
          container("bare", "whole", { image: bareImage, command: ["/whole/sluice", "--version"] }),
        ],
      },
    });
    await at.kubectl("wait pod/names --for=jsonpath={.status.phase}=Failed --timeout=90s");
    const path = "{range .status.containerStatuses[*]}{.name}={.state.terminated.exitCode} {end}";
    const ends = await at.kubectl("get pod names -o", `jsonpath=${path}`);
    expect(ends.trim().split(" ").sort()).toEqual([
      expect.stringMatching(/^alone=[1-9]/),
      "bare=0",
      "whole=0",
    ]);
    expect(await at.kubectl("logs names -c alone")).toContain("/alone/sluice: no such file or directory");
  });
});
