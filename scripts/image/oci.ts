import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { constants, zstdCompress } from "node:zlib";
import { type Entry, tar } from "./tar.ts";

/** One tag of an image: its name, and what it starts. */
export interface Variant {
  /** Full name with tag, as containerd keeps it: "docker.io/library/sluice:0.1.0". */
  reference: string;
  /** Name with tag, as people write it: "sluice:0.1.0". */
  name: string;
  entrypoint: readonly string[];
  /** On top of those that all variants share. */
  layers?: readonly Layer[];
  /** Beside those of all variants. */
  env?: readonly string[];
}

export interface ImageOptions {
  architecture: string;
  user: string;
  env: readonly string[];
  labels: Readonly<Record<string, string>>;
  /** RFC 3339; left out where nothing says when. */
  created: string | undefined;
  /** Lowest layer first. */
  layers: readonly Layer[];
  variants: readonly Variant[];
}

export interface Layer {
  blob: Buffer;
  /** Digest of the layer before it is compressed. */
  diffId: string;
  /** For the history of the image. */
  comment: string;
}

const compress = promisify(zstdCompress);

/** @param level of zstd, 1 to 19; above it the window is larger than what a reader has to support (RFC 8878, 3.1.1.1.2). */
export async function layer(entries: readonly Entry[], comment: string, level: number): Promise<Layer> {
  const archive = tar(entries);
  const params = {
    [constants.ZSTD_c_compressionLevel]: level,
    [constants.ZSTD_c_windowLog]: 23,
    [constants.ZSTD_c_checksumFlag]: 1,
  };
  return { blob: await compress(archive, { params }), diffId: digest(archive), comment };
}

/**
 * Puts an archive together that holds one image under several tags, which share the layers: an OCI image layout
 * (image-spec 1.1), with a manifest.json for `docker load`.
 */
export function archive(options: ImageOptions): Buffer {
  const blobs = new Map<string, Buffer>();
  const keep = (mediaType: string, blob: Buffer) => {
    blobs.set(path(digest(blob)), blob);
    return { mediaType, digest: digest(blob), size: blob.length };
  };
  const images = options.variants.map((variant) => {
    const layers = layersOf(options, variant).map(({ blob }) =>
      keep("application/vnd.oci.image.layer.v1.tar+zstd", blob),
    );
    const config = keep("application/vnd.oci.image.config.v1+json", json(configOf(options, variant)));
    const manifest = {
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config,
      layers,
      annotations: options.labels,
    };
    return { variant, config, layers, manifest: keep(manifest.mediaType, json(manifest)) };
  });
  const index = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: images.map(({ variant, manifest }) => ({
      ...manifest,
      platform: { architecture: options.architecture, os: "linux" },
      annotations: {
        "io.containerd.image.name": variant.reference,
        "org.opencontainers.image.ref.name": variant.name.slice(variant.name.lastIndexOf(":") + 1),
      },
    })),
  };
  const docker = images.map(({ variant, config, layers }) => ({
    Config: path(config.digest),
    RepoTags: [variant.name],
    Layers: layers.map((one) => path(one.digest)),
  }));
  const file = (name: string, content: Buffer): Entry => ({ path: name, mode: 0o644, content });
  return tar([
    file("oci-layout", json({ imageLayoutVersion: "1.0.0" })),
    file("index.json", json(index)),
    file("manifest.json", json(docker)),
    { path: "blobs", mode: 0o755 },
    { path: "blobs/sha256", mode: 0o755 },
    ...[...blobs].map(([name, content]) => file(name, content)),
  ]);
}

function layersOf(options: ImageOptions, variant: Variant): readonly Layer[] {
  return [...options.layers, ...(variant.layers ?? [])];
}

function configOf(options: ImageOptions, variant: Variant) {
  const layers = layersOf(options, variant);
  const created = options.created === undefined ? {} : { created: options.created };
  return {
    ...created,
    architecture: options.architecture,
    os: "linux",
    config: {
      User: options.user,
      Env: [...options.env, ...(variant.env ?? [])],
      Entrypoint: variant.entrypoint,
      WorkingDir: "/",
      Labels: options.labels,
    },
    rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map(({ comment }) => ({ ...created, created_by: comment })),
  };
}

function json(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}

function path(digested: string): string {
  return `blobs/${digested.replace(":", "/")}`;
}

function digest(content: Uint8Array): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}
