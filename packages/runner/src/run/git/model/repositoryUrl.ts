import { Fault } from "@clauderon/base";
import type { AgentConfig } from "@clauderon/protocol";

/** A Repository of agent.json. */
export type Repository = AgentConfig["repositories"][number];

const SAFE = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

/** The URL to clone from. */
export function repositoryUrl(gitHost: string, { owner, repo }: Pick<Repository, "owner" | "repo">): string {
  return `${gitHost}/${owner}/${repo}.git`;
}

/**
 * Refuses with CONFIG_INVALID every name in agent.json that must be one part of a path or a URL and could be more. The
 * CRD's schema refuses them too, but an agent.json may not come from a CRD.
 */
export function refuseUnsafeNames({ repositories, skill }: AgentConfig): void {
  const names = repositories.flatMap(({ name, owner, repo }) => [name, owner, repo]);
  const refs = repositories.flatMap(({ ref }) => ref ?? []);
  const unsafe = [
    ...[...names, ...(skill === undefined ? [] : [skill.name])].filter((name) => !SAFE.test(name)),
    ...(skill === undefined || isOwnerAndRepo(skill.repo) ? [] : [skill.repo]),
    ...refs.filter((ref) => ref.startsWith("-")),
  ];
  if (unsafe[0] === undefined) return;
  throw new Fault("CONFIG_INVALID", `"${unsafe[0]}" cannot be a name`, {
    hint: "Use letters, digits, dots, dashes and underscores, beginning with a letter or digit",
  });
}

function isOwnerAndRepo(text: string): boolean {
  const parts = text.split("/");
  return parts.length === 2 && parts.every((part) => SAFE.test(part));
}
