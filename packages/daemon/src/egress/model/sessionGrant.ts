import { findInteractiveAgent } from "@clauderon/agents";
import type { SessionSpec } from "@clauderon/protocol";
import {
  type AllowRule,
  type GitHost,
  type Grant,
  parseHostPattern,
  serviceOfVariable,
  SERVICES,
} from "@clauderon/protocol/proxy";
import type { SessionRecord } from "../../model/sessionRecord.ts";

const PORTS = [443];
export interface GrantInputs {
  readonly tokenHash: string;
  /** Names of the credentials that the proxy has for the session. */
  readonly credentials: readonly string[];
  /** The host of the repository's remote. */
  readonly gitHost: GitHost | undefined;
}

/** What a session may reach by its spec: the hosts of its agent's services and of its repository, and what its user allows. */
export function sessionGrant(
  { name, uid, spec }: SessionRecord,
  { tokenHash, credentials, gitHost }: GrantInputs,
): Grant {
  const { mode = "Enforce", allow = [], presets = [] } = spec.egress ?? {};
  const isOnGitHub = gitHost?.host === "github.com";
  return {
    needs: 1,
    principal: uid,
    kind: "Session",
    name,
    tokenHash,
    accessMode: spec.accessMode,
    egressMode: mode,
    allow: [
      ...agentHosts(spec.agent).map((host) => ({ host, ports: PORTS, origin: "agent" })),
      ...(isOnGitHub ? [] : repositoryRules(gitHost)),
      ...userRules(allow),
    ],
    presets: [...new Set([...presets, ...(isOnGitHub ? (["github"] as const) : [])])],
    tcp: [],
    credentials: [...credentials],
  };
}

/** The grant with the hosts that the user allows now. */
export function withUserHosts(grant: Grant, hosts: readonly string[]): Grant {
  return { ...grant, allow: [...grant.allow.filter(({ origin }) => origin !== "user"), ...userRules(hosts)] };
}

function repositoryRules(gitHost: GitHost | undefined): readonly AllowRule[] {
  const host = gitHost === undefined ? undefined : parseHostPattern(gitHost.host);
  return host === undefined ? [] : [{ host, ports: [gitHost?.port ?? 443], origin: "repository" }];
}

const userRules = (hosts: readonly string[]): readonly AllowRule[] =>
  hosts.map((host) => ({ host: parseHostPattern(host) ?? host, ports: PORTS, origin: "user" }));

function agentHosts(agent: SessionSpec["agent"]): readonly string[] {
  const services = findInteractiveAgent(agent).credentialVariables.flatMap((name) => serviceOfVariable(name) ?? []);
  return [...new Set(services.flatMap((service) => SERVICES[service].hosts))];
}
