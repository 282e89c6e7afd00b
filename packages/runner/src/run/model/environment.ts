import { isOfOuterGit } from "@clauderon/git/variables";

/**
 * The part of the runner's environment that its agent and its git inherit: the image's own environment and the
 * AgentJob's `env`, which the user chose to show the agent. Left out are variables for the runner (`THURKUBE_*`,
 * `CLAUDERON_*`), those by which an outer git would misdirect an inner one, and Kubernetes' service variables. The API
 * server's address stays: an AgentJob with a ClusterAccess needs it, and it is not secret.
 */
export function inheritedEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept = Object.entries(env).filter(([name]) => KEPT.has(name) || !(DROPPED.test(name) || isOfOuterGit(name)));
  return Object.fromEntries(kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

const KEPT = new Set(["KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"]);
const DROPPED = /^(THURKUBE_|CLAUDERON_|KUBERNETES_)/;

/**
 * Whether a variable's name says that it holds a secret. If `envFrom` adds a whole Secret, the runner does not know the
 * names of its variables otherwise.
 */
export function isNamedLikeSecret(name: string): boolean {
  return SECRET_NAME.test(name);
}

const SECRET_NAME =
  /(^|_)(KEY|APIKEY|TOKENS?|SECRETS?|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|PAT)$|PRIVATE_KEY|ACCESS_KEY/i;

/** The author of the agent's commits, unless the environment names one. */
export const GIT_IDENTITY = {
  GIT_AUTHOR_NAME: "thurkube agent",
  GIT_AUTHOR_EMAIL: "agent@thurkube.invalid",
  GIT_COMMITTER_NAME: "thurkube agent",
  GIT_COMMITTER_EMAIL: "agent@thurkube.invalid",
} as const;
