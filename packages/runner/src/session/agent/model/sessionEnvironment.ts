import { inheritedVariables } from "@clauderon/protocol";

/** What an agent in a session inherits of its runner's environment beside the common list; anything else has to be asked for by name. */
const ALSO = [
  "GIT_AUTHOR_NAME",
  "GIT_AUTHOR_EMAIL",
  "GIT_COMMITTER_NAME",
  "GIT_COMMITTER_EMAIL",
  "KUBERNETES_SERVICE_HOST",
  "KUBERNETES_SERVICE_PORT",
];

/** The terminal that the runner is to its agent. */
const TERMINAL = { TERM: "xterm-256color", COLORTERM: "truecolor" } as const;

/** The agent's environment: the allow list, locale variables, and the named ones. */
export function sessionEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
): Record<string, string> {
  return { ...inheritedVariables(env, [...ALSO, ...names]), ...TERMINAL };
}
