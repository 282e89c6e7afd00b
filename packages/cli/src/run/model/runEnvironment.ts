import { inheritedVariables, RUN_ENV } from "@clauderon/protocol";
import { Fault, type Secret } from "@clauderon/base";

/** Where a run keeps its files on this machine; absolute paths. */
export interface RunPaths {
  readonly config: string;
  readonly workspace: string;
  readonly home: string;
  readonly temporary: string;
  readonly gitTokens: string;
  readonly terminationLog: string;
  readonly persist?: string;
}

/**
 * What reaches the runner in addition to the common list: the terminal, which agent it runs, and the git host for
 * clones.
 */
const ALSO = ["TERM", "CLAUDERON_AGENT", "CLAUDERON_AGENT_COMMAND", RUN_ENV.gitHost];

/** The user waits at the terminal for an agent that ignores Ctrl-C. */
const KILL_GRACE_SECONDS = 3;

export interface RunInputs {
  readonly paths: RunPaths;
  readonly timeoutSeconds: number;
  readonly authEnvVar: string;
  readonly credential: Secret;
  /** Variables of the AgentJob itself. */
  readonly variables: Readonly<Record<string, string>>;
  /** The names of those that come from Secrets. */
  readonly secretVariables: readonly string[];
  /** The environment of the command. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Variables by which the toolchains of the user's home work for another home. */
  readonly toolchains: Readonly<Record<string, string>>;
}

/**
 * The environment of the runner: an allow list of the user's variables, the run's paths, the AgentJob's variables, the
 * credential.
 */
export function runEnvironment(inputs: RunInputs): Readonly<Record<string, string>> {
  const { paths } = inputs;
  return {
    ...inheritedVariables(inputs.environment, ALSO),
    ...inputs.toolchains,
    ...inputs.variables,
    [inputs.authEnvVar]: inputs.credential.reveal(),
    HOME: paths.home,
    TMPDIR: paths.temporary,
    [RUN_ENV.configPath]: paths.config,
    [RUN_ENV.workspace]: paths.workspace,
    [RUN_ENV.gitTokens]: paths.gitTokens,
    [RUN_ENV.terminationLog]: paths.terminationLog,
    [RUN_ENV.authEnvVar]: inputs.authEnvVar,
    [RUN_ENV.secretVariables]: inputs.secretVariables.join(","),
    [RUN_ENV.timeoutSeconds]: String(inputs.timeoutSeconds),
    CLAUDERON_KILL_GRACE_SECONDS: String(KILL_GRACE_SECONDS),
    ...(paths.persist === undefined ? {} : { [RUN_ENV.persistPath]: paths.persist }),
  };
}

/**
 * The agent's credential: from a Secret among the manifests, else from the user's environment; never from another
 * place.
 */
export function findCredential(
  authEnvVar: string,
  fromManifests: Secret | undefined,
  fromEnvironment: Secret | undefined,
): Secret {
  const credential = fromManifests ?? fromEnvironment;
  if (credential !== undefined && credential.reveal() !== "") return credential;
  throw new Fault("CREDENTIAL_MISSING", `The agent's credential is missing: ${authEnvVar} is not set`, {
    hint: `Set ${authEnvVar} in the environment, or add the Secret that the AgentAuth names to the manifests`,
  });
}
