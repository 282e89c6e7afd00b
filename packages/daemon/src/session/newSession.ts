import { existsSync } from "node:fs";
import { findInteractiveAgent } from "@clauderon/agents";
import { Fault } from "@clauderon/base";
import { type Config, limitProblem } from "@clauderon/config";
import { Git, sessionRefs } from "@clauderon/git";
import type { CreateSession, SessionSpec } from "@clauderon/protocol";
import { newBoundary, withDetected } from "./newBoundary.ts";

type Defaults = Pick<Config, "session" | "local" | "kubernetes" | "proxy" | "credentials">;

/**
 * Combines a request with the configuration into the spec of a new session. Throws a Fault for a request that cannot be
 * met.
 */
export async function newSpec(
  request: CreateSession,
  name: string,
  { defaults, environment }: { readonly defaults: Defaults; readonly environment: NodeJS.ProcessEnv },
): Promise<SessionSpec> {
  const backend = request.backend ?? defaults.session.backend;
  refuseContradictions(request, backend);
  const variables = request.environment ?? defaults.session.environment;
  const accessMode = request.accessMode ?? defaults.session.access_mode;
  const boundary = await newBoundary(request, { backend, accessMode, defaults, variables, environment });
  const agent = request.agent ?? defaults.session.agent;
  findInteractiveAgent(agent); // Throws when there is none.
  const start = await startOf(request, name, environment);
  return withoutUndefined({
    ...start,
    backend,
    agent,
    command: request.command,
    sandbox: boundary.sandbox,
    model: request.model ?? defaults.session.model,
    permissionMode: request.permissionMode ?? defaults.session.permission_mode,
    accessMode,
    environment: unlessEmpty(variables),
    egress: await withDetected(boundary.egress, start, environment),
    ...(backend === "kubernetes" ? podSettings(request, defaults.kubernetes) : {}),
  });
}

/** Options that apply only to pods, each with its flag of `clauderon create`. */
const POD_FLAGS = [
  ["cpuLimit", "--cpu-limit"],
  ["memoryLimit", "--memory-limit"],
  ["image", "--image"],
  ["pullPolicy", "--pull-policy"],
] as const satisfies readonly (readonly [keyof CreateSession, string])[];

function refuseContradictions(request: CreateSession, backend: SessionSpec["backend"]): void {
  if (backend === "kubernetes") {
    if (request.worktree === false)
      throw invalid("A session in Kubernetes cannot work in the checkout itself", "Leave out --no-worktree");
    if (request.sandbox === true)
      throw invalid("A session in Kubernetes needs no sandbox: its pod is one", "Leave out --sandbox");
    return refuseLimits(request);
  }
  const pod = POD_FLAGS.find(([key]) => request[key] !== undefined);
  if (pod !== undefined) {
    const [, flag] = pod;
    throw invalid(`${flag} applies only to a session in Kubernetes`, `Leave out ${flag}, or add --backend kubernetes`);
  }
  if (request.worktree === false && request.base !== undefined) {
    throw invalid(
      "A session that works in the checkout begins with what is there",
      "Leave out --base or --no-worktree",
    );
  }
}

/** Limits from the configuration were checked when it was read. */
function refuseLimits({ cpuLimit, memoryLimit }: CreateSession): void {
  const cpu = cpuLimit === undefined ? undefined : limitProblem("cpu", cpuLimit);
  if (cpu !== undefined) throw invalid(`cpuLimit ${cpu}`, "Set another CPU limit");
  const memory = memoryLimit === undefined ? undefined : limitProblem("memory", memoryLimit);
  if (memory !== undefined) throw invalid(`memoryLimit ${memory}`, "Set another memory limit");
}

type Start = Pick<SessionSpec, "repository" | "branch" | "baseCommit" | "worktree"> & {
  readonly fromBase?: true | undefined;
};

async function startOf(
  { repository, base, worktree = true }: CreateSession,
  name: string,
  environment: NodeJS.ProcessEnv,
): Promise<Start> {
  refuseLostPath(repository);
  if (!existsSync(repository)) throw noRepository(`There is no folder ${repository}`);
  const git = Git.ofUser(repository, environment);
  const top = await git.ask(["rev-parse", "--show-toplevel"]);
  if (top === undefined) throw noRepository(`${repository} is not in a git checkout`);
  refuseLostPath(top);
  refuseLostPath((await git.ask(["rev-parse", "--path-format=absolute", "--git-common-dir"])) ?? "");
  const start = base ?? "HEAD";
  const baseCommit = await git.ask(["rev-parse", "--quiet", "--verify", "--end-of-options", `${start}^{commit}`]);
  if (baseCommit === undefined) {
    throw base === undefined
      ? noRepository(`${top} has no commit yet`)
      : invalid(`There is no commit "${base}" in ${top}`, "Name a branch, a tag or a commit");
  }
  if (!worktree) {
    const current = await git.ask(["symbolic-ref", "--quiet", "--short", "HEAD"]);
    return { repository: top, branch: current ?? "HEAD", baseCommit, worktree };
  }
  const branch = `clauderon/${name}`;
  if ((await git.resolve(`refs/heads/${branch}`)) !== undefined) {
    throw new Fault("SESSION_EXISTS", `Branch "${branch}" already exists in ${top}`, {
      hint: `Choose another name, or delete the branch: git branch -D ${branch}`,
    });
  }
  await refuseTaken(git, name);
  return { repository: top, branch, baseCommit, worktree, fromBase: base === undefined ? undefined : true };
}

/**
 * Another daemon on this machine may have a session with that name in the repository. Its refs keep that session's work.
 */
async function refuseTaken(git: Git, name: string): Promise<void> {
  const { incoming, work, fetched, continued } = sessionRefs(name);
  const found = await git.lines(["for-each-ref", "--format=%(refname)", incoming, work, fetched, continued]);
  if (found.length === 0) return;
  throw new Fault("SESSION_EXISTS", `${git.folder} has the work of another session "${name}"`, {
    hint: `Choose another name. If that session no longer exists, delete its refs: git update-ref -d ${found.join("; git update-ref -d ")}`,
  });
}

function podSettings(request: CreateSession, defaults: Config["kubernetes"]) {
  return {
    cpuLimit: request.cpuLimit ?? defaults.cpu_limit,
    memoryLimit: request.memoryLimit ?? defaults.memory_limit,
    image: request.image ?? defaults.image,
    pullPolicy: request.pullPolicy ?? defaults.pull_policy,
  };
}

const unlessEmpty = (variables: Readonly<Record<string, string>>) =>
  Object.keys(variables).length === 0 ? undefined : variables;

function withoutUndefined(spec: { readonly [K in keyof SessionSpec]: SessionSpec[K] | undefined }): SessionSpec {
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined)) as SessionSpec;
}

/** In the text of a path, this stands for bytes that are not UTF-8. */
const LOST = "\uFFFD";

function refuseLostPath(path: string): void {
  if (!path.includes(LOST) || existsSync(path)) return;
  throw new Fault("REPOSITORY_UNAVAILABLE", `The path ${path} is not UTF-8`, {
    hint: "Rename the folder, or move the repository to another one",
  });
}

const invalid = (message: string, hint: string) => new Fault("SPEC_INVALID", message, { hint });

const noRepository = (message: string) =>
  new Fault("REPOSITORY_UNAVAILABLE", message, { hint: "Give --repo a checkout with at least one commit" });
