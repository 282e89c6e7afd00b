import { inheritedVariables } from "@clauderon/protocol";

/**
 * The variables that an agent in a session inherits from its runner in addition to the common list; any other must be
 * requested by name.
 */
const ALSO = [
  "GIT_AUTHOR_NAME",
  "GIT_AUTHOR_EMAIL",
  "GIT_COMMITTER_NAME",
  "GIT_COMMITTER_EMAIL",
  "KUBERNETES_SERVICE_HOST",
  "KUBERNETES_SERVICE_PORT",
];

/** The kind of terminal that the runner provides to its agent. */
const TERMINAL = { TERM: "xterm-256color", COLORTERM: "truecolor" } as const;

/** The agent's environment: the allow list, locale variables, and the requested ones. */
export function sessionEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
): Record<string, string> {
  return { ...inheritedVariables(env, [...ALSO, ...names]), ...TERMINAL };
}
