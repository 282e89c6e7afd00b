import { resolve } from "node:path";
import type { ResolvedAgentJob } from "@clauderon/kinds";
import { Secret } from "@clauderon/base";
import type { CliConfig } from "../config.ts";
import { sessionToolchains } from "@clauderon/sandbox";
import { readAgentGit } from "@clauderon/git/agent-git";
import { Git } from "@clauderon/git/git";
import type { AgentGit } from "@clauderon/protocol";
import { findCredential, runEnvironment, type RunPaths } from "./model/runEnvironment.ts";
import type { ManifestValues } from "./model/valuesFrom.ts";
import { type Checkout, findCheckout } from "./worktree.ts";

/** What to run, on what, and where its steps are shown. */
export interface LocalRun {
  readonly resolved: ResolvedAgentJob;
  readonly values: ManifestValues;
  /** Checkouts on this machine, by the name of the Repository that each one replaces. */
  readonly checkouts: ReadonlyMap<string, string>;
  /** Receives the runner's lines. */
  readonly output: { write(bytes: Uint8Array): unknown };
  /** Stops the agent and ends the run; the agent's work is kept. */
  readonly stop: AbortSignal;
  note(this: void, text: string): void;
}

/** Everything that a run needs, found and checked before anything is made. */
export interface Inputs {
  readonly environmentFor: (paths: RunPaths) => Readonly<Record<string, string>>;
  readonly checkouts: ReadonlyMap<string, Checkout>;
  readonly gitTokens: ReadonlyMap<string, Secret>;
  /** What the agent's git has of the user's, where it works in a worktree of theirs. */
  readonly git: AgentGit | undefined;
}

/** Finds and checks what a run needs; a Fault says what is wrong or missing. Makes nothing. */
export async function findInputs(run: LocalRun, config: CliConfig): Promise<Inputs> {
  const { job, auth, runtime, repositories } = run.resolved;
  const { authEnvVar } = runtime.spec;
  const own = config.environment[authEnvVar];
  const credential = findCredential(
    authEnvVar,
    run.values.secret(auth.spec.secretRef.name, auth.spec.secretRef.key),
    own === undefined ? undefined : new Secret(own),
  );
  const variables = run.values.variables(job);
  const gitTokens = new Map<string, Secret>();
  for (const { metadata, spec } of repositories) {
    const ref = run.checkouts.has(metadata.name) ? undefined : spec.tokenSecretRef;
    const token = ref === undefined ? undefined : run.values.secret(ref.name, ref.key);
    if (token !== undefined) gitTokens.set(metadata.name, token);
  }
  const git = Git.asTyped(config.workingDirectory, config.environment);
  const checkouts = new Map<string, Checkout>();
  for (const [name, path] of run.checkouts) {
    const checkout = await findCheckout(git, resolve(config.workingDirectory, path));
    if (checkout.hasChanges) run.note(`${name}: the run does not include the uncommitted changes in ${checkout.root}`);
    checkouts.set(name, checkout);
  }
  const [first] = checkouts.values();
  const identity = await gitIdentity(first === undefined ? git : git.in(first.root));
  const { environment } = config;
  return {
    git:
      first === undefined
        ? undefined
        : await readAgentGit(Git.ofUser(first.root, environment), { place: "AsUser", environment }),
    checkouts,
    gitTokens,
    environmentFor: (paths) =>
      runEnvironment({
        paths,
        timeoutSeconds: job.spec.timeoutSeconds,
        authEnvVar,
        credential,
        variables: { ...identity, ...variables },
        secretVariables: run.values.secretVariables(job),
        environment: config.environment,
        toolchains: sessionToolchains(config.environment, paths.home),
      }),
  };
}

/** Commits made on this machine carry the user's own name, which git takes from that folder. */
async function gitIdentity(git: Git): Promise<Record<string, string>> {
  const name = await git.ask(["config", "--get", "user.name"]);
  const email = await git.ask(["config", "--get", "user.email"]);
  if (name === undefined || email === undefined) return {};
  return { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email };
}
