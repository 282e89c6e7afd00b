import type { AgentConfig } from "@clauderon/protocol";
import type { ResolvedAgentJob } from "./resolvedAgentJob.ts";

/** The content of a run's agent.json. It contains no secrets, and omits unset members. */
export function renderAgentConfig(resolved: ResolvedAgentJob): AgentConfig {
  const { job, role, skill, mcpServers, repositories } = resolved;
  return withoutUndefined({
    prompt: job.spec.prompt,
    instructions: job.spec.instructions,
    model: job.spec.model,
    allowedTools: role.spec.allowedTools,
    skill: skill && { repo: skill.spec.repo, name: skill.spec.name, ref: skill.spec.ref },
    mcpServers: mcpServers.map(({ metadata, spec }) =>
      withoutUndefined({ name: metadata.name, command: spec.command, args: spec.args, url: spec.url }),
    ),
    repositories: repositories.map(({ metadata, spec }) =>
      withoutUndefined({ name: metadata.name, owner: spec.owner, repo: spec.name, ref: spec.ref }),
    ),
  });
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Defined<T>;
}
