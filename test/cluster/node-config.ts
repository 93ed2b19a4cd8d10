import { join } from "node:path";

/** The configuration files of a node's programs. JSON where YAML is asked for: it is YAML. */

export function containerdConfig(dir: string, socket: string, pause: string): string {
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  return `version = 2
root = "${join(dir, "containerd")}"
state = "/run/containerd"

[grpc]
  address = "${socket}"

[${cri}]
  sandbox_image = "${pause}"
  # Without CAP_SYS_RESOURCE no score may be lowered, and no container would start.
  restrict_oom_score_adj = true

[${cri}.cni]
  bin_dir = "/usr/lib/cni"
  conf_dir = "${join(dir, "cni")}"

[${cri}.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[${cri}.containerd.runtimes.runc.options]
  SystemdCgroup = false
`;
}

export function networkConfig(pods: string): string {
  const bridge = {
    type: "bridge",
    bridge: "pods0",
    isGateway: true,
    // Back to the pod that called: by a Service's address to itself.
    hairpinMode: true,
    ipam: {
      type: "host-local",
      // Below /run, and so forgotten with the pods when a node is lost.
      dataDir: "/run/cni",
      ranges: [[{ subnet: pods }]],
      routes: [{ dst: "0.0.0.0/0" }],
    },
  };
  const ports = { type: "portmap", capabilities: { portMappings: true } };
  return json({ cniVersion: "1.0.0", name: "sluice", plugins: [bridge, ports] });
}

export interface KubeletFiles {
  dir: string;
  socket: string;
  authority: string;
  cert: string;
  key: string;
  address: string;
  dns: string;
  cgroup: string;
}

export function kubeletConfig(files: KubeletFiles): string {
  return json({
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    containerRuntimeEndpoint: `unix://${files.socket}`,
    address: files.address,
    tlsCertFile: files.cert,
    tlsPrivateKeyFile: files.key,
    authentication: {
      x509: { clientCAFile: files.authority },
      anonymous: { enabled: false },
      webhook: { enabled: false },
    },
    authorization: { mode: "AlwaysAllow" },
    clusterDNS: [files.dns],
    clusterDomain: "cluster.local",
    resolvConf: "",
    podLogsDir: join(files.dir, "pod-logs"),
    // Kubernetes 1.35 refuses version 1 of cgroups unless told.
    failCgroupV1: false,
    failSwapOn: false,
    cgroupDriver: "cgroupfs",
    cgroupRoot: files.cgroup,
    enforceNodeAllocatable: [],
    // The disk and its file system are the machine's, and no concern of a test.
    localStorageCapacityIsolation: false,
    evictionHard: {},
    imageGCHighThresholdPercent: 100,
    // See node-monitor-grace-period of the controllers: a lease is renewed after a quarter of this.
    nodeLeaseDurationSeconds: 20,
    nodeStatusUpdateFrequency: "5s",
    // Tests begin many pods at once on a slow machine.
    registryPullQPS: 0,
    serializeImagePulls: false,
  });
}

export function proxyConfig(kubeconfig: string, node: string, pods: string): string {
  return json({
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "iptables",
    hostnameOverride: node,
    clientConnection: { kubeconfig },
    clusterCIDR: pods,
    // Of the whole machine, and not to be changed from a network namespace.
    conntrack: { maxPerCore: 0, min: 0 },
  });
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
