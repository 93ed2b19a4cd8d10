/** A service mesh that puts a proxy into pods, and what says so. */
export interface Mesh {
  readonly name: string;
  /** Label or annotation of pods. */
  readonly key: string;
  /** Label or annotation of a Namespace. */
  readonly space: string;
  /** Values of both that put the proxy in. */
  readonly on: readonly string[];
  /** The value of pods that keeps it out, as YAML. */
  readonly off: string;
  /** Annotations that say that the proxy is a native sidecar. */
  readonly native: readonly string[];
}

// Documentation of the three: "Installing the Sidecar", "Automatic Proxy Injection", "Data plane on Kubernetes".
export const MESHES: readonly Mesh[] = [
  {
    name: "Istio",
    key: "sidecar.istio.io/inject",
    space: "istio-injection",
    on: ["true", "enabled"],
    off: '"false"',
    native: ["sidecar.istio.io/nativeSidecar"],
  },
  {
    name: "Linkerd",
    key: "linkerd.io/inject",
    space: "linkerd.io/inject",
    on: ["enabled", "ingress"],
    off: "disabled",
    native: [
      "config.linkerd.io/proxy-enable-native-sidecar",
      "config.alpha.linkerd.io/proxy-enable-native-sidecar",
      "config.beta.linkerd.io/proxy-enable-native-sidecar",
    ],
  },
  {
    name: "Kuma",
    key: "kuma.io/sidecar-injection",
    space: "kuma.io/sidecar-injection",
    on: ["enabled", "true"],
    off: "disabled",
    native: [],
  },
];
