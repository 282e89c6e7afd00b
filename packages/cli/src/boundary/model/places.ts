import type { Place } from "./attempt.ts";

/** The ways around the proxy from a pod. API, DNS and NODE are addresses that the pod knows. */
export const POD_PLACES: readonly Place[] = [
  { what: "the internet", protocol: "TCP", address: "1.1.1.1", port: 443 },
  { what: "the internet by IPv6", protocol: "TCP", address: "2606:4700:4700::1111", port: 443 },
  { what: "DNS of the internet", protocol: "UDP", address: "8.8.8.8", port: 53 },
  { what: "QUIC", protocol: "UDP", address: "1.1.1.1", port: 443 },
  { what: "SSH", protocol: "TCP", address: "140.82.121.4", port: 22 },
  { what: "the metadata of a cloud, past the proxy", protocol: "TCP", address: "169.254.169.254", port: 80 },
  { what: "the API server", protocol: "TCP", address: "API", port: 443 },
  { what: "DNS of the cluster", protocol: "UDP", address: "DNS", port: 53 },
  { what: "the kubelet", protocol: "TCP", address: "NODE", port: 10_250 },
  { what: "the API server by its node", protocol: "TCP", address: "NODE", port: 6_443 },
  { what: "SSH of the node", protocol: "TCP", address: "NODE", port: 22 },
];

/** A place that the user names, as `address:port` or `[address]:port`; undefined for anything else. */
export function parsePlace(text: string): Place | undefined {
  const [, v6, v4, port = ""] = /^(?:\[([0-9a-fA-F:.]+)\]|(\d{1,3}(?:\.\d{1,3}){3})):(\d{1,5})$/.exec(text) ?? [];
  const address = v6 ?? v4;
  return address === undefined ? undefined : { what: text, protocol: "TCP", address, port: Number(port) };
}
