import {
  BOUNDARY_LABEL,
  GRANT_KEYS,
  grantSecretName,
  PROXY_CERTIFICATES,
  PROXY_ENV,
  PROXY_PORT,
  PROXY_SERVICE,
  proxyVariables,
} from "@clauderon/protocol/proxy";
import type { EnvVar } from "kubernetes-types/core/v1.js";
import type { Mount, PodSettings } from "./lockedDown.ts";

/** Where a pod has the certificates of its proxy. */
const CERTIFICATES = "/etc/clauderon-proxy";

/** Public resolvers, which answer on port 443 from everywhere (Cloudflare, "IP addresses"), and the metadata of clouds. */
const PROBES = ["1.1.1.1:443", "[2606:4700:4700::1111]:443", "169.254.169.254:80"];

export interface PodProxy {
  /** The pod's user name at the proxy; {@link grantSecretName} is the Secret with its grant and password. */
  readonly principal: string;
  /** The IP address of the proxy. */
  readonly address: string;
}

/** What a pod needs whose only way out is the proxy: merge each part into those of the pod. */
export interface ProxiedPod {
  readonly labels: Readonly<Record<string, string>>;
  readonly pod: Required<Pick<PodSettings, "hostAliases" | "dnsPolicy" | "dnsConfig">>;
  /** In this order: later entries refer to earlier ones. */
  readonly environment: readonly EnvVar[];
  readonly mount: Mount;
}

/**
 * The pod finds the proxy by name without DNS, which its network policy does not let it reach: a resolver that nobody
 * listens on makes other names fail at once instead of after a timeout. The container waits until the Secret with the
 * grant exists, because its password comes from there.
 */
export function proxiedPod({ principal, address }: PodProxy): ProxiedPod {
  const server = `${PROXY_SERVICE}:${PROXY_PORT}`;
  const password = { name: grantSecretName(principal), key: GRANT_KEYS.password };
  const variables = proxyVariables({
    address: server,
    user: principal,
    password: `$(${PROXY_ENV.password})`,
    certificates: `${CERTIFICATES}/${PROXY_CERTIFICATES.bundle}`,
    direct: [PROXY_SERVICE],
  });
  const files = [PROXY_CERTIFICATES.authority, PROXY_CERTIFICATES.bundle];
  return {
    labels: { [BOUNDARY_LABEL.name]: BOUNDARY_LABEL.value },
    pod: {
      hostAliases: [{ ip: address, hostnames: [PROXY_SERVICE] }],
      dnsPolicy: "None",
      dnsConfig: { nameservers: ["127.0.0.1"], options: [{ name: "attempts", value: "1" }] },
    },
    environment: [
      { name: PROXY_ENV.password, valueFrom: { secretKeyRef: password } },
      { name: PROXY_ENV.url, value: `http://${server}` },
      { name: PROXY_ENV.probes, value: PROBES.join(",") },
      { name: PROXY_ENV.node, valueFrom: { fieldRef: { fieldPath: "status.hostIP" } } },
      ...Object.entries(variables).map(([name, value]) => ({ name, value })),
    ],
    mount: {
      volume: {
        name: "proxy-certificates",
        configMap: {
          name: PROXY_CERTIFICATES.configMap,
          items: files.map((file) => ({ key: file, path: file })),
        },
      },
      path: CERTIFICATES,
      readOnly: true,
    },
  };
}
