import { join } from "node:path";
import type { Layout } from "./layout.ts";

/** Configuration files of the node's components by name, to be written into the state folder. */
export function configFiles(layout: Layout): Readonly<Record<string, string>> {
  return {
    "containerd.toml": containerdToml(layout),
    "kubelet.json": JSON.stringify(kubeletConfiguration(layout), null, 2),
    "cni/10-kit.conflist": JSON.stringify(podNetwork(layout), null, 2),
  };
}

function containerdToml({ stateFolder: state, containerdSocket }: Layout): string {
  return `version = 2
root = "${state}/containerd"
state = "${state}/containerd-run"
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper"]
[grpc]
  address = "${containerdSocket}"
[plugins."io.containerd.internal.v1.opt"]
  path = "${state}/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:1"
  restrict_oom_score_adj = true # Machines without CAP_SYS_RESOURCE refuse a lower score.
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${state}/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
`;
}

function kubeletConfiguration(layout: Layout): unknown {
  const pki = (name: string) => join(layout.stateFolder, "pki", name);
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: pki("ca.crt") },
    },
    authorization: { mode: "Webhook" },
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${layout.controlGroup}`,
    failCgroupV1: false,
    failSwapOn: false,
    makeIPTablesUtilChains: false,
    containerRuntimeEndpoint: `unix://${layout.containerdSocket}`,
    podLogsDir: join(layout.stateFolder, "pod-logs"),
    clusterDNS: [layout.dnsAddress],
    clusterDomain: "cluster.local",
    resolvConf: "/dev/null",
    tlsCertFile: pki("kubelet.crt"),
    tlsPrivateKeyFile: pki("kubelet.key"),
    imageGCHighThresholdPercent: 100,
    evictionHard: { "nodefs.available": "1%", "imagefs.available": "1%", "memory.available": "100Mi" },
    maxPods: 250,
    serializeImagePulls: false,
    registryPullQPS: 0,
  };
}

/** Each pod hangs on its own wire and every packet of it passes the node's routing. There is no way further: the node has no default route. */
function podNetwork({ stateFolder, podRange }: Layout): unknown {
  const ipam = {
    type: "host-local",
    dataDir: join(stateFolder, "ipam"),
    ranges: [[{ subnet: podRange }]],
    routes: [{ dst: "0.0.0.0/0" }],
  };
  return { cniVersion: "1.0.0", name: "kit", plugins: [{ type: "ptp", ipMasq: false, mtu: 1500, ipam }] };
}
