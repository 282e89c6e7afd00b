import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { API_VERSION } from "@clauderon/kinds";
import { isBystander } from "../../kit/bystanders.ts";
import { fixtureAgent } from "../../kit/programs.ts";
import { type CliOptions, type EndedCli, type StartedCli, startCli } from "./cliProcess.ts";
import { UserFolder } from "./userFolder.ts";

/** What the AgentJob of a test is, beside its names. */
export type JobSpec = Readonly<Record<string, unknown>>;

/** A user with a home, a repository `web` and manifests. */
export class ScratchUser extends UserFolder {
  readonly #agent: string;

  /** `agent` is a fixture of test/kit/agents, `claude` the real one. */
  constructor(agent: string) {
    super();
    this.#agent = agent;
  }

  /** Branches of the repository, `main` apart. */
  branches(): readonly string[] {
    const names = this.git("for-each-ref", "--format=%(refname:short)", "refs/heads").split("\n");
    return names.filter((name) => name !== "main");
  }

  /** How many worktrees the repository has, itself apart. */
  worktrees(): number {
    return this.git("worktree", "list")
      .split("\n")
      .slice(1)
      .filter((line) => !isBystander(line)).length;
  }

  /** Folders of runs. */
  runs(): readonly string[] {
    try {
      return readdirSync(join(this.home, ".clauderon/runs"));
    } catch {
      return [];
    }
  }

  /** Writes an executable below the user's folder. */
  writeProgram(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text, { mode: 0o755 });
  }

  /** `clauderon run` of an AgentJob `fix`, manifests by standard input, with the repository unless it is given. */
  start(spec: JobSpec, args: readonly string[] = [], options: CliOptions = {}): StartedCli {
    return startCli(this.#runArgs(args), this.#options({ stdin: manifestText(spec), ...options }));
  }

  /** `clauderon run` with a clone instead of the user's repository, and more manifests. */
  runOnClone(gitHost: string, more: readonly object[] = [], spec: JobSpec = {}): Promise<EndedCli> {
    const stdin = manifestText(spec, more);
    return startCli(["run", "-f", "-"], this.#options({ stdin, environment: { THURKUBE_GIT_HOST: gitHost } })).ended;
  }

  run(spec: JobSpec, args: readonly string[] = [], options: CliOptions = {}): Promise<EndedCli> {
    return this.start(spec, args, options).ended;
  }

  #runArgs(args: readonly string[]): readonly string[] {
    const repository = args.includes("--repository") ? [] : ["--repository", `web=${this.repository}`];
    return ["run", "-f", "-", ...repository, ...args];
  }

  #options({ environment, ...options }: CliOptions): CliOptions {
    const agent =
      this.#agent === "claude"
        ? {}
        : { CLAUDERON_AGENT: "scripted", CLAUDERON_AGENT_COMMAND: fixtureAgent(this.#agent) };
    return {
      cwd: this.folder,
      ...options,
      environment: { HOME: this.home, TOKEN: "sesame-1234", ...agent, ...environment },
    };
  }
}

/** One object of our API. */
export function object(kind: string, name: string, spec: JobSpec): object {
  return { apiVersion: API_VERSION, kind, metadata: { name }, spec };
}

/** The manifests of an AgentJob `fix`, and before them more, as one text; the first of a name counts. */
export function manifestText(spec: JobSpec, more: readonly object[] = []): string {
  return [...more, ...manifestsOf(spec)].map((object) => JSON.stringify(object)).join("\n---\n");
}

/** An AgentJob `fix` with all it refers to. */
function manifestsOf(spec: JobSpec): readonly object[] {
  const runtime = { image: "agent", authEnvVar: "TOKEN", configPath: "/etc/job", persistPath: "/var/lib/job" };
  const references = { runtimeRef: "agent", authRef: "agent", roleRef: "developer", repositoryRefs: ["web"] };
  return [
    object("AgentRuntime", "agent", runtime),
    object("AgentAuth", "agent", { secretRef: { name: "agent", key: "token" } }),
    object("AgentRole", "developer", { allowedTools: ["Bash", "Read"] }),
    object("Repository", "web", { owner: "example", name: "web" }),
    object("AgentJob", "fix", { ...references, prompt: "Fix it", ...spec }),
  ];
}
