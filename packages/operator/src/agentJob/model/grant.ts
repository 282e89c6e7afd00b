import {
  childNames,
  isBehindProxy,
  jobCredentials,
  jobPlaceholders,
  repositoryCredential,
  type ResolvedAgentJob,
} from "@clauderon/kinds";
import { clusterWords } from "@clauderon/pods";
import {
  type AllowRule,
  CREDENTIAL_VARIABLES,
  type Grant,
  GRANT_KEYS,
  grantSchema,
  parseHostPattern,
  PROXY_LABEL,
  PROXY_SECRETS,
  PROXY_SERVICE,
  SERVICES,
} from "@clauderon/protocol/proxy";
import type { Obstacle } from "./conditions.ts";
import type { LiveConfigMap } from "./objects.ts";
import { childMeta } from "./ownership.ts";

const HTTPS_PORT = 443;

/**
 * The ConfigMap from which the proxy reads what runs may reach, and pods the placeholders of repositories; undefined for
 * runs that are not behind the proxy. One of an AgentJob that was is without effect.
 */
export function grantMap(resolved: ResolvedAgentJob, live: LiveConfigMap | undefined): LiveConfigMap | undefined {
  const { job } = resolved;
  const meta = childMeta(job, childNames(job).grant);
  const object = { apiVersion: "v1", kind: "ConfigMap" } as const;
  if (!isBehindProxy(resolved)) return live === undefined ? undefined : { ...object, metadata: meta, data: {} };
  const placeholders = jobPlaceholders(resolved);
  const tokens = resolved.repositories.flatMap(({ metadata, spec }) => {
    const name = repositoryCredential(metadata.name);
    return spec.tokenSecretRef === undefined ? [] : [[name, placeholders.get(name) ?? ""] as const];
  });
  return {
    ...object,
    metadata: { ...meta, labels: { ...meta.labels, [PROXY_LABEL]: PROXY_SECRETS.grant } },
    data: {
      [GRANT_KEYS.grant]: JSON.stringify(jobGrant(resolved)),
      [GRANT_KEYS.credentials]: JSON.stringify(jobCredentials(resolved) ?? []),
      ...Object.fromEntries(tokens),
    },
  };
}

/** Why runs cannot be behind the proxy as their AgentJob wants; undefined if they can, or need not be. */
export function deliveryProblem(resolved: ResolvedAgentJob): Obstacle | undefined {
  const { job, auth, runtime, proxyAddress } = resolved;
  const { namespace = "" } = job.metadata;
  const { name } = auth.metadata;
  const reason = "DeliveryNotSupported";
  if (!isBehindProxy(resolved)) {
    if (job.spec.egress === undefined) return undefined;
    const message = `spec.egress needs a proxy that has the credential, but AgentAuth "${name}" passes it to the pod. Set delivery: Proxy in the AgentAuth, or remove egress`;
    return { reason, message };
  }
  if (jobCredentials(resolved) === undefined) {
    const message = `AgentAuth "${name}" has delivery Proxy, but the proxy knows no service that takes ${runtime.spec.authEnvVar}. It knows ${CREDENTIAL_VARIABLES.join(", ")}. Use delivery Env`;
    return { reason, message };
  }
  const parsed = grantSchema.safeParse({ ...jobGrant(resolved), tokenHash: ANY_HASH });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const message = `The proxy does not accept spec.egress: ${issue?.path.join(".")} ${issue?.message}`;
    return { reason, message: clusterWords(message) };
  }
  if (proxyAddress !== undefined) return undefined;
  const message = `AgentAuth "${name}" has delivery Proxy, but there is no Service "${PROXY_SERVICE}" in namespace "${namespace}". Install it: helm install clauderon charts/clauderon --namespace ${namespace}`;
  return { reason: "ProxyNotFound", message };
}

const ANY_HASH = "0".repeat(64);

/** What the runs may reach: the hosts of their model, repositories, skill and McpServers, and what the AgentJob lists. */
function jobGrant(resolved: ResolvedAgentJob): Omit<Grant, "tokenHash" | "needs"> {
  const { job, mcpServers, repositories, skill } = resolved;
  const { name, namespace = "", uid = "" } = job.metadata;
  const { mode = "Enforce", accessMode = "ReadWrite", allow = [], presets = [], tcp = [] } = job.spec.egress ?? {};
  const credentials = jobCredentials(resolved) ?? [];
  const services = new Set(credentials.map(({ service }) => service));
  const agent = [...services].flatMap((service) => (service === "github" ? [] : SERVICES[service].hosts));
  const asksGitHub = repositories.length > 0 || skill !== undefined;
  return {
    principal: uid,
    kind: "Run",
    name: `${namespace}/${name}`,
    accessMode,
    egressMode: mode,
    allow: [
      ...rules(agent, "agent"),
      ...mcpServers.flatMap(({ spec }) => (spec.url === undefined ? [] : serverRule(spec.url))),
      ...rules(allow, "user"),
    ],
    presets: [...new Set([...presets, ...(asksGitHub ? (["github"] as const) : [])])],
    tcp: [...tcp],
    credentials: credentials.map((credential) => credential.name),
  };
}

const rules = (hosts: readonly string[], origin: string): readonly AllowRule[] =>
  hosts.map((host) => ({ host, ports: [HTTPS_PORT], origin }));

/** The host of an McpServer, if it is a name that the proxy could reach. */
function serverRule(url: string): readonly AllowRule[] {
  const [, name = "", port = String(HTTPS_PORT)] = /^https:\/\/([^/:?#]+)(?::(\d{1,5}))?(?:[/?#]|$)/.exec(url) ?? [];
  const host = parseHostPattern(name);
  return host === undefined ? [] : [{ host, ports: [Number(port)], origin: "mcp" }];
}
