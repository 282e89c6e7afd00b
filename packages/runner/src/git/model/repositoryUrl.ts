import { Fault } from "@clauderon/base";
import type { AgentConfig } from "@clauderon/protocol";

/** A Repository of agent.json. */
export type Repository = AgentConfig["repositories"][number];

const SAFE = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

/**
 * The URL to clone from. Names become parts of a URL and of paths, so those that could leave them are refused with
 * CONFIG_INVALID, even though the CRD's schema refuses them first.
 */
export function repositoryUrl(gitHost: string, { owner, repo }: Pick<Repository, "owner" | "repo">): string {
  return `${gitHost}/${safePart(owner)}/${safePart(repo)}.git`;
}

/** The name, when it can be one part of a path or a URL and nothing else. */
export function safePart(name: string): string {
  if (SAFE.test(name)) return name;
  throw new Fault("CONFIG_INVALID", `agent.json: "${name}" cannot be a name`, {
    hint: "Use letters, digits, dots, dashes and underscores, beginning with a letter or digit",
  });
}
