/** What is built from which Go module of build/; the versions stand in their go.mod files. */
export interface Module {
  name: "kubernetes" | "etcd" | "coredns" | "helm" | "kustomize" | "promtool";
  /** Folder below build/, where it has not the same name. */
  source?: string;
  /** Executable to package, in the order of their building. */
  packages: Readonly<Record<string, string>>;
  /** Further names of the executable `components`, which does the work of the one it is called by. */
  aliases?: readonly string[];
  linkerFlags?: readonly string[];
  tags?: readonly string[];
}

const kubernetesVersion = "v1.35.4";
const [major, minor] = kubernetesVersion.slice(1).split(".");

/** Without these, a component calls itself v0.0.0 and refuses to work with the others. */
const versionFlags = Object.entries({
  gitVersion: kubernetesVersion,
  gitMajor: major,
  gitMinor: minor,
}).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);

/**
 * A module of its own for each, because their dependencies' versions do not agree. Those of Helm and promtool do: what both
 * need (client-go above all) is compiled once.
 */
export const modules: readonly Module[] = [
  { name: "etcd", packages: { etcd: "." } },
  {
    name: "kubernetes",
    packages: { kubectl: "./kubectl", components: "./components" },
    aliases: ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy"],
    linkerFlags: versionFlags,
  },
  { name: "coredns", packages: { coredns: "." } },
  {
    name: "helm",
    source: "tools",
    packages: { helm3: "helm.sh/helm/v3/cmd/helm", helm4: "helm.sh/helm/v4/cmd/helm" },
  },
  { name: "kustomize", packages: { kustomize: "sigs.k8s.io/kustomize/kustomize/v5" } },
  {
    name: "promtool",
    source: "tools",
    packages: { promtool: "github.com/prometheus/prometheus/cmd/promtool" },
    // Without service discovery, which rules do not need.
    tags: ["remove_all_sd"],
  },
];
