import { type JsonMap, mapAt, mapsAt, textAt } from "../json.ts";

/** A Secret, or one key of it, as files in a container. */
export interface MountedSecret {
  readonly secret: string;
  /** Undefined: all of its keys, each as a file of its name. */
  readonly key: string | undefined;
  /** Where the file is, or the folder of all. */
  readonly file: string;
  /** Index among the container's `volumeMounts`. */
  readonly index: number;
}

/** The Secrets that a container finds in its files: volumes of a Secret, and projected ones. */
export function mountedSecrets(container: JsonMap, pod: JsonMap): MountedSecret[] {
  return mapsAt(container, "volumeMounts").flatMap((mount, index) => {
    const volume = mapsAt(pod, "volumes").find((one) => textAt(one, "name") === textAt(mount, "name"));
    const folder = (textAt(mount, "mountPath") ?? "").replace(/\/+$/, "");
    const subPath = textAt(mount, "subPath");
    return sourcesOf(volume).flatMap((source) =>
      filesOf(source).flatMap(({ secret, key, path }): MountedSecret[] => {
        if (subPath === undefined)
          return [{ secret, key, file: path === undefined ? folder : `${folder}/${path}`, index }];
        // One file of the volume, in the place of the mount.
        if (path !== undefined && path !== subPath) return [];
        return [{ secret, key: key ?? subPath, file: folder, index }];
      }),
    );
  });
}

/** The key whose file a path names; undefined where it is none of this Secret. */
export function keyAt({ key, file }: MountedSecret, path: string): string | undefined {
  if (key !== undefined) return path === file ? key : undefined;
  const name = path.startsWith(`${file}/`) ? path.slice(file.length + 1) : "";
  return name === "" || name.includes("/") ? undefined : name;
}

function sourcesOf(volume: JsonMap | undefined): { secret: string; items: JsonMap[] | undefined }[] {
  const direct = mapAt(volume, "secret");
  const projected = mapsAt(volume, "projected", "sources").map((source) => mapAt(source, "secret"));
  return [direct, ...projected].flatMap((source) => {
    const secret = textAt(source, "secretName") ?? textAt(source, "name");
    return secret === undefined
      ? []
      : [{ secret, items: Array.isArray(source["items"]) ? mapsAt(source, "items") : undefined }];
  });
}

function filesOf({ secret, items }: { secret: string; items: JsonMap[] | undefined }) {
  if (items === undefined) return [{ secret, key: undefined, path: undefined }];
  return items.map((item) => ({ secret, key: textAt(item, "key"), path: textAt(item, "path") }));
}
