import { join } from "node:path";

/** Addresses and folders of one cluster: a pure function of its state folder and its number, so that two may stand side by side. */
export interface Layout {
  readonly stateFolder: string;
  readonly nodeName: string;
  /** This machine, as pods see it. */
  readonly hostAddress: string;
  readonly nodeAddress: string;
  readonly podRange: string;
  readonly serviceRange: string;
  readonly apiServiceAddress: string;
  readonly dnsAddress: string;
  /** The machine's end of the only wire to the node. */
  readonly link: string;
  /** The node's pods are below this control group. */
  readonly controlGroup: string;
  readonly url: string;
  readonly kubeconfig: string;
  readonly containerdSocket: string;
}

const HIGHEST_NETWORK = 99;

/** Pods of network 0 reach this machine at 198.18.0.1; further networks, up to 99, count up. */
export function layoutOf(stateFolder: string, network = 0): Layout {
  if (!Number.isInteger(network) || network < 0 || network > HIGHEST_NETWORK) {
    throw new Error(`Network ${network} is not a whole number from 0 to ${HIGHEST_NETWORK}`);
  }
  if (stateFolder.length > 70)
    throw new Error(`State folder ${stateFolder} is too long for the sockets within it: at most 70 characters`);
  const nodeAddress = `198.18.${network}.2`;
  const services = `10.${96 + network}`;
  return Object.freeze({
    stateFolder,
    nodeName: "node1",
    hostAddress: `198.18.${network}.1`,
    nodeAddress,
    podRange: `10.244.${network}.0/24`,
    serviceRange: `${services}.0.0/16`,
    apiServiceAddress: `${services}.0.1`,
    dnsAddress: `${services}.0.10`,
    link: `clauderon${network}`,
    controlGroup: `clauderon-test-${network}`,
    url: `https://${nodeAddress}:6443`,
    kubeconfig: join(stateFolder, "admin.kubeconfig"),
    containerdSocket: join(stateFolder, "containerd.sock"),
  });
}
