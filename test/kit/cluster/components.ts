import { join } from "node:path";
import type { Layout } from "./layout.ts";

/** In the order in which they start. */
export const COMPONENTS = [
  "etcd",
  "containerd",
  "apiserver",
  "controller-manager",
  "scheduler",
  "kubelet",
  "proxy",
] as const;
export type Component = (typeof COMPONENTS)[number];

export const ETCD_URL = "http://127.0.0.1:2379"; // The node's own loopback: nothing outside the node reaches it.

/** The whole command line of a component. It names the state folder, so it also identifies the component's process. */
export function commandLine(component: Component, layout: Layout, kube: string): readonly string[] {
  const program = component === "etcd" || component === "containerd" ? [component] : [kube, component];
  return [...program, ...FLAGS[component](layout)];
}

const FLAGS: Readonly<Record<Component, (layout: Layout) => readonly string[]>> = {
  etcd: etcdFlags,
  containerd: (layout) => ["--config", join(layout.stateFolder, "containerd.toml")],
  apiserver: apiServerFlags,
  "controller-manager": controllerManagerFlags,
  scheduler: (layout) => [
    ...identity(layout, "scheduler"),
    "--leader-elect=false",
    "--kube-api-qps=1000",
    "--kube-api-burst=1000",
  ],
  kubelet: kubeletFlags,
  proxy: proxyFlags,
};

function etcdFlags({ stateFolder }: Layout): readonly string[] {
  const urls = [`--listen-client-urls=${ETCD_URL}`, `--advertise-client-urls=${ETCD_URL}`];
  return [`--data-dir=${join(stateFolder, "etcd")}`, ...urls, "--unsafe-no-fsync"];
}

function apiServerFlags(layout: Layout): readonly string[] {
  const pki = pkiOf(layout);
  return [
    `--etcd-servers=${ETCD_URL}`,
    `--service-cluster-ip-range=${layout.serviceRange}`,
    "--secure-port=6443",
    "--bind-address=0.0.0.0",
    `--advertise-address=${layout.nodeAddress}`,
    `--client-ca-file=${pki("ca.crt")}`,
    `--tls-cert-file=${pki("apiserver.crt")}`,
    `--tls-private-key-file=${pki("apiserver.key")}`,
    `--service-account-key-file=${pki("sa.pub")}`,
    `--service-account-signing-key-file=${pki("sa.key")}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    "--service-account-extend-token-expiration=false", // A token lives as long as was asked for: 10 minutes at least.
    `--kubelet-client-certificate=${pki("admin.crt")}`,
    `--kubelet-client-key=${pki("admin.key")}`,
    `--kubelet-certificate-authority=${pki("ca.crt")}`,
    "--kubelet-preferred-address-types=InternalIP",
    "--authorization-mode=Node,RBAC",
    "--enable-admission-plugins=NodeRestriction",
    "--allow-privileged=true",
  ];
}

function controllerManagerFlags(layout: Layout): readonly string[] {
  const pki = pkiOf(layout);
  return [
    ...identity(layout, "controller-manager"),
    `--service-account-private-key-file=${pki("sa.key")}`,
    `--root-ca-file=${pki("ca.crt")}`,
    `--cluster-signing-cert-file=${pki("ca.crt")}`,
    `--cluster-signing-key-file=${pki("ca.key")}`,
    "--use-service-account-credentials",
    "--kube-api-qps=1000", // The default of 20 makes its start alone last 6 s.
    "--kube-api-burst=1000",
    "--leader-elect=false",
  ];
}

function kubeletFlags({ stateFolder, nodeName, nodeAddress }: Layout): readonly string[] {
  return [
    `--config=${join(stateFolder, "kubelet.json")}`,
    `--kubeconfig=${join(stateFolder, "kubelet.kubeconfig")}`,
    `--hostname-override=${nodeName}`,
    `--root-dir=${join(stateFolder, "kubelet")}`,
    `--node-ip=${nodeAddress}`,
    `--cert-dir=${join(stateFolder, "pki")}`,
  ];
}

function proxyFlags({ stateFolder, nodeName, podRange }: Layout): readonly string[] {
  return [
    `--kubeconfig=${join(stateFolder, "proxy.kubeconfig")}`,
    `--hostname-override=${nodeName}`,
    "--proxy-mode=nftables",
    `--cluster-cidr=${podRange}`,
    "--conntrack-max-per-core=0",
    "--conntrack-tcp-timeout-established=0",
    "--conntrack-tcp-timeout-close-wait=0",
  ];
}

function pkiOf({ stateFolder }: Layout): (file: string) => string {
  return (file) => join(stateFolder, "pki", file);
}

function identity({ stateFolder }: Layout, component: Component): readonly string[] {
  const own = join(stateFolder, `${component}.kubeconfig`);
  return ["kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig"].map((flag) => `--${flag}=${own}`);
}
