/**
 * The environment variables by which the starter of a runner (the operator's pod, `clauderon run`) passes it its paths
 * and settings. Paths are absolute. Third-party images may ignore all of them: what they need is in agent.json at the
 * path they know.
 */
export const RUN_ENV = {
  /** Folder that holds agent.json; read-only. */
  configPath: "THURKUBE_CONFIG_PATH",
  /** Folder for the checkouts; the agent's working directory is the only checkout, or this folder. */
  workspace: "THURKUBE_WORKSPACE",
  /** Folder that outlives the run; set only when the AgentJob has `persist`. */
  persistPath: "THURKUBE_PERSIST_PATH",
  /** Folder with one file `<Repository name>/token` for every Repository that has a token. */
  gitTokens: "THURKUBE_GIT_TOKENS",
  /** Name of the variable that holds the agent's credential; its value is kept out of logs and transcript. */
  authEnvVar: "THURKUBE_AUTH_ENV_VAR",
  /** Names, separated by commas, of further variables whose values are kept out of logs, transcript and summary. */
  secretVariables: "THURKUBE_SECRET_VARIABLES",
  /** Seconds the agent may take; the runner then ends it and reports that, before the Job's own deadline would. */
  timeoutSeconds: "THURKUBE_TIMEOUT_SECONDS",
  /** File for the summary; defaults to the kubelet's /dev/termination-log. */
  terminationLog: "THURKUBE_TERMINATION_LOG",
  /** Base URL of the git host; defaults to https://github.com. */
  gitHost: "THURKUBE_GIT_HOST",
} as const;

/** Exit codes of the runner: they show the result of a Job without a summary. */
export const RUN_EXIT = { succeeded: 0, agentFailed: 1, notStarted: 2, timedOut: 124, stopped: 143 } as const;
