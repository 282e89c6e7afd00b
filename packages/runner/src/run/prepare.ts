import { randomUUID } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type AgentAdapter, findAgent } from "@clauderon/agents";
import { Git, GIT_UNATTENDED, overridden, overridesFor } from "@clauderon/git";
import { Fault, messageOf, Secret } from "@clauderon/base";
import { type AgentConfig, parseAgentConfig, type RunFailure } from "@clauderon/protocol";
import type { AgentStart } from "./agent/runAgent.ts";
import { admit } from "../boundary/admit.ts";
import { type RunnerConfig, secretsOf } from "../config.ts";
import { type CheckoutOptions, type PreparedCheckout, prepareCheckout } from "./git/checkout.ts";
import { refuseUnsafeNames } from "./git/model/repositoryUrl.ts";
import { GIT_IDENTITY, isNamedLikeSecret } from "./model/environment.ts";
import { redactor } from "./output/model/redact.ts";
import type { RunContext } from "./runContext.ts";
import { makeScratch, removeScratch, writeSeedFiles } from "./scratch.ts";
import { installSkill } from "./skill.ts";

/** Everything that an agent needs, ready for its start. */
export interface Prepared {
  readonly adapter: AgentAdapter;
  readonly start: AgentStart;
  readonly checkouts: readonly PreparedCheckout[];
  readonly gitEnvironment: Readonly<Record<string, string>>;
  /** Must be deleted when the agent has ended. */
  readonly scratch: string;
  /** Whether the ways around the proxy were tried, and none was open. */
  readonly boundaryVerified: boolean;
}

/** The run failed before the agent started; the Fault says why. */
export class NotStarted extends Error {
  readonly reason: RunFailure;
  readonly fault: Fault;

  constructor(reason: RunFailure, fault: Fault) {
    super(fault.message, { cause: fault });
    this.reason = reason;
    this.fault = fault;
  }
}

/**
 * Reads agent.json, waits until the pod's proxy has its grant if there is one, clones the repositories, installs the
 * skill and writes the agent's files. Throws NotStarted if any of this fails.
 */
export async function prepare(context: RunContext): Promise<Prepared> {
  const { config, journal } = context;
  const [adapter, agentConfig] = await blaming("ConfigInvalid", async () => {
    return [findAgent(config.agent), await readAgentConfig(config.configFile)] as const;
  });
  journal.redactWith(redactor([...agentSecrets(config, adapter), ...(await gitSecrets(config, agentConfig))]));
  const { clock, stop: signal } = context;
  const tell = (reason: string) => journal.line("runner", reason);
  const { proxy, podEnvironment: environment } = config;
  const boundaryVerified =
    proxy !== undefined && (await blaming("BoundaryLeaks", () => admit({ proxy, environment, clock, signal, tell })));
  if (boundaryVerified) tell("Nothing leads around the proxy");
  const scratch = await makeScratch();
  try {
    return { ...(await prepareIn(scratch, context, { adapter, agentConfig })), boundaryVerified };
  } catch (thrown) {
    await removeScratch(scratch, journal);
    throw thrown;
  }
}

async function prepareIn(
  scratch: string,
  { config, clock, journal, stop }: RunContext,
  { adapter, agentConfig }: { adapter: AgentAdapter; agentConfig: AgentConfig },
): Promise<Omit<Prepared, "boundaryVerified">> {
  const { workspace, gitHost, gitTokens } = config;
  const { repositories, skill } = agentConfig;
  const configFolder = config.persistPath === undefined ? `${config.home}/.claude` : `${config.persistPath}/claude`;
  const gitEnvironment = withoutCredentials(config, adapter);
  const git = Git.ofAgent(workspace, gitEnvironment, stop);
  const options: CheckoutOptions = { git, stop, clock, journal, workspace, gitHost, gitTokens };

  await mkdir(workspace, { recursive: true });
  const checkouts = await blaming("CloneFailed", async () => {
    const made: PreparedCheckout[] = [];
    for (const repository of repositories) made.push(await prepareCheckout(repository, options));
    return made;
  });
  if (skill !== undefined) {
    const target = adapter.skillFolder(configFolder, skill.name);
    await blaming("SkillFailed", () => installSkill(skill, target, { ...options, scratch, repositories }));
  }
  stop.throwIfAborted();
  const folders = checkouts.map(({ folder }) => folder);
  const launch = adapter.launch({ config: agentConfig, configFolder, scratchFolder: scratch, checkouts: folders });
  await writeSeedFiles(launch.files);
  const marker = ["CLAUDERON_RUN", randomUUID()] as const;
  const start: AgentStart = {
    command: config.agentCommand ?? adapter.program,
    args: launch.args,
    cwd: folders.length === 1 ? (folders[0] ?? workspace) : workspace,
    environment: overridden(
      {
        ...GIT_IDENTITY,
        ...launch.defaults,
        ...config.environment,
        ...GIT_UNATTENDED,
        ...launch.environment,
        [marker[0]]: marker[1],
      },
      checkouts.some(({ isOfUser }) => isOfUser) ? overridesFor("AsUser") : [],
    ),
    stdin: launch.stdin,
    marker: marker.join("="),
    resultGraceMs: config.resultGraceMs,
    killGraceMs: config.killGraceMs,
  };
  return { adapter, start, checkouts, gitEnvironment, scratch };
}

async function blaming<T>(reason: RunFailure, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw thrown instanceof Fault ? new NotStarted(reason, thrown) : thrown;
  }
}

async function readAgentConfig(file: string): Promise<AgentConfig> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new Fault("FILE_UNREADABLE", `Cannot read ${file}: ${messageOf(cause)}`, { cause });
  });
  try {
    const config = parseAgentConfig(text);
    refuseUnsafeNames(config);
    return config;
  } catch (cause) {
    throw new Fault("CONFIG_INVALID", `${file}: ${messageOf(cause)}`, { cause });
  }
}

const credentialVariables = ({ authEnvVar }: RunnerConfig, adapter: AgentAdapter): readonly string[] => [
  ...(authEnvVar === undefined ? [] : [authEnvVar]),
  ...adapter.credentialVariables,
];

/**
 * Values that the agent can see and must not reveal: its credential, declared secrets, variables named like secrets, and
 * its password at the proxy.
 */
function agentSecrets(config: RunnerConfig, adapter: AgentAdapter): readonly Secret[] {
  const named = Object.keys(config.environment).filter(isNamedLikeSecret);
  const password = config.proxy === undefined ? [] : [new Secret(config.proxy.password)];
  return [
    ...secretsOf(config, [...credentialVariables(config, adapter), ...config.secretVariables, ...named]),
    ...password,
  ];
}

async function gitSecrets({ gitTokens }: RunnerConfig, { repositories }: AgentConfig): Promise<readonly Secret[]> {
  if (gitTokens === undefined) return [];
  const files = repositories.map(({ name }) => join(gitTokens, name, "token"));
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8").catch(() => "")));
  return texts.map((text) => new Secret(text));
}

/** git does not need the agent's credential. */
function withoutCredentials(config: RunnerConfig, adapter: AgentAdapter): Record<string, string> {
  const names = credentialVariables(config, adapter);
  return Object.fromEntries(Object.entries(config.environment).filter(([name]) => !names.includes(name)));
}
