import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { kubeconfigOf, readCredentials } from "../apiserver/client.ts";
import { createAuthority, createTokenKey, issueCertificate } from "../apiserver/pki.ts";
import type { Layout } from "./layout.ts";

/** Writes every key, certificate and kubeconfig of the cluster into its state folder. */
export async function createClusterPki(layout: Layout): Promise<void> {
  const { stateFolder, nodeName, nodeAddress, url } = layout;
  const folder = join(stateFolder, "pki");
  await createAuthority(folder);
  const services = [
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
    "localhost",
  ];
  const addresses = ["127.0.0.1", nodeAddress, layout.apiServiceAddress];
  const serverNames = [...services.map((name) => `DNS:${name}`), ...addresses.map((address) => `IP:${address}`)];
  await Promise.all([
    createTokenKey(folder),
    issueCertificate(folder, { name: "apiserver", subject: "/CN=kube-apiserver", alternativeNames: serverNames }),
    issueCertificate(folder, { name: "admin", subject: "/O=system:masters/CN=admin" }),
    issueCertificate(folder, { name: "controller-manager", subject: "/CN=system:kube-controller-manager" }),
    issueCertificate(folder, { name: "scheduler", subject: "/CN=system:kube-scheduler" }),
    issueCertificate(folder, { name: "proxy", subject: "/CN=system:kube-proxy" }),
    issueCertificate(folder, {
      name: "kubelet",
      subject: `/O=system:nodes/CN=system:node:${nodeName}`,
      alternativeNames: [`DNS:${nodeName}`, `IP:${nodeAddress}`, "IP:127.0.0.1"],
    }),
  ]);
  const users = ["admin", "controller-manager", "scheduler", "proxy", "kubelet"];
  for (const user of users) {
    const credentials = await readCredentials(folder, url, user);
    await writeFile(join(stateFolder, `${user}.kubeconfig`), kubeconfigOf(credentials), { mode: 0o600 });
  }
}
