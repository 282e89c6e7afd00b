import type { Secret } from "@clauderon/base";
import { inheritedVariables } from "@clauderon/protocol";

export interface Identity {
  readonly name: string | undefined;
  readonly email: string | undefined;
}

/** Variables for the agent. */
export interface AgentVariables {
  readonly credentials: ReadonlyMap<string, Secret>;
  /** The variables that the session was created with. */
  readonly own: Readonly<Record<string, string>>;
}

/** The environment of a session's runner: the inherited variables, the author of commits, and the agent's variables. */
export function runnerEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  { name, email }: Identity,
  { credentials, own }: AgentVariables,
): Record<string, string> {
  const identity = {
    GIT_AUTHOR_NAME: name,
    GIT_COMMITTER_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_EMAIL: email,
  };
  const all = [
    ...Object.entries(inheritedVariables(environment)),
    ...Object.entries(identity),
    ...[...credentials].map(([key, value]) => [key, value.reveal()] as const),
    ...Object.entries(own),
  ];
  return Object.fromEntries(all.filter(([, value]) => value !== undefined)) as Record<string, string>;
}
