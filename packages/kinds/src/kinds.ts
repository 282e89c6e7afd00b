import { AGENT_AUTHS } from "./agentAuth.ts";
import { AGENT_JOBS } from "./agentJob.ts";
import { AGENT_ROLES } from "./agentRole.ts";
import { AGENT_RUNTIMES } from "./agentRuntime.ts";
import { AGENT_SKILLS } from "./agentSkill.ts";
import { CLUSTER_ACCESSES } from "./clusterAccess.ts";
import type { Kind } from "./kind.ts";
import { MCP_SERVERS } from "./mcpServer.ts";
import { REPOSITORIES } from "./repository.ts";

/** The eight kinds, AgentJob first. */
export const KINDS: readonly Kind[] = [
  AGENT_JOBS,
  AGENT_RUNTIMES,
  AGENT_AUTHS,
  AGENT_ROLES,
  AGENT_SKILLS,
  MCP_SERVERS,
  REPOSITORIES,
  CLUSTER_ACCESSES,
];
