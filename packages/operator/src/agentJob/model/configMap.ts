import { childNames, type ResolvedAgentJob, renderAgentConfig } from "@clauderon/kinds";
import { utf8Length } from "@clauderon/base";
import { AGENT_CONFIG_FILE } from "@clauderon/protocol";
import type { Obstacle } from "./conditions.ts";
import type { LiveConfigMap } from "./objects.ts";
import { childMeta } from "./ownership.ts";

/** The API server accepts no ConfigMap whose values have more bytes than this. */
const MAX_BYTES = 1_048_576;
/** How many parts of the configuration a message names. */
const MAX_NAMED = 3;

/** The ConfigMap with the run's agent.json. */
export function configMap(resolved: ResolvedAgentJob): LiveConfigMap {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: childMeta(resolved.job, childNames(resolved.job).config),
    data: { [AGENT_CONFIG_FILE]: configText(resolved) },
  };
}

/**
 * Why the configuration does not fit into its ConfigMap, with the sizes of the largest parts; undefined if it fits. The
 * schema limits characters; what they take as JSON, and what the referenced objects add, is known only here.
 */
export function configExcess(resolved: ResolvedAgentJob): Obstacle | undefined {
  const total = utf8Length(configText(resolved));
  if (total <= MAX_BYTES) return undefined;
  const { prompt, instructions, mcpServers, allowedTools } = renderAgentConfig(resolved);
  const { roleRef } = resolved.job.spec;
  const parts = [
    ["prompt", bytesOf(prompt)],
    ["instructions", bytesOf(instructions)],
    [`the tools of AgentRole "${roleRef}"`, bytesOf(allowedTools)],
    ["the McpServers", bytesOf(mcpServers)],
  ] as const;
  const largest = parts.toSorted(([, a], [, b]) => b - a).slice(0, MAX_NAMED);
  const named = largest.filter(([, bytes]) => bytes > 2).map(([part, bytes]) => `${part} (${bytes})`);
  const message = `The agent's configuration has ${total} bytes as JSON, but a ConfigMap holds at most ${MAX_BYTES}. Its largest parts are ${named.join(", ")}. Shorten them, or put long texts into the repository`;
  return { reason: "ConfigTooLarge", message };
}

function configText(resolved: ResolvedAgentJob): string {
  return `${JSON.stringify(renderAgentConfig(resolved), undefined, 2)}\n`;
}

function bytesOf(part: unknown): number {
  return part === undefined ? 0 : utf8Length(JSON.stringify(part));
}
