import { z } from "zod";

/**
 * A Git repository as `owner/name` on the forge; `name` in agent.json is the name of the Repository resource, `ref` the
 * branch to check out instead of the default one.
 */
const repository = z.object({
  name: z.string().min(1),
  owner: z.string().min(1),
  repo: z.string().min(1),
  ref: z.string().min(1).optional(),
});

const skill = z.object({
  repo: z.string().min(1),
  name: z.string().min(1),
  ref: z.string().min(1),
});

const mcpServer = z.object({
  name: z.string().min(1),
  command: z.string().optional(),
  args: z.array(z.string()).optional(),
  url: z.string().optional(),
});

/**
 * `agent.json`: what a runner needs to know about one AgentJob, in the ConfigMap mounted at the runtime's configPath.
 *
 * This is the contract between operator and image: camelCase, unset members are absent, no secrets. Unknown members are
 * ignored, so a newer operator can talk to an older image.
 */
export const agentConfigSchema = z.object({
  prompt: z.string().min(1),
  instructions: z.string().optional(),
  model: z.string().optional(),
  allowedTools: z.array(z.string()),
  skill: skill.optional(),
  mcpServers: z.array(mcpServer),
  repositories: z.array(repository),
});

export type AgentConfig = z.infer<typeof agentConfigSchema>;

/** The name of the file in the ConfigMap and below the runtime's configPath. */
export const AGENT_CONFIG_FILE = "agent.json";

/** Parses the text of agent.json; throws an Error whose message names each wrong member. */
export function parseAgentConfig(text: string): AgentConfig {
  const parsed = agentConfigSchema.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new Error(`${AGENT_CONFIG_FILE} is not valid: ${z.prettifyError(parsed.error)}`);
}
