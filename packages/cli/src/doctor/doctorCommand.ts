import { statfsSync } from "node:fs";
import { findInteractiveAgent } from "@clauderon/agents";
import { Fault } from "@clauderon/base";
import type { Backend } from "@clauderon/protocol";
import { DAEMON_API_VERSION } from "@clauderon/protocol/wire";
import type { CommandContext } from "../commandContext.ts";
import type { CliConfig } from "../config.ts";
import { daemonSocket, findDaemon } from "../daemon/connectDaemon.ts";
import { runProcess } from "@clauderon/process/run";
import { findSandbox } from "@clauderon/sandbox";
import { readSettings } from "../settings/settings.ts";
import { clusterFindings } from "./clusterFindings.ts";
import { credentialFinding, type NeededAgent, programFinding } from "./model/agentFindings.ts";
import { type Finding, findingsText, isAtLeast } from "./model/finding.ts";

const LEAST_GIT = "2.38";
const LEAST_FREE_BYTES = 1_073_741_824;

/**
 * Checks each requirement, those of Kubernetes only when it is enabled; exits with 1 when a necessary one is missing.
 * Starts nothing.
 */
export async function doctorCommand(
  { json, sandbox }: { readonly json: boolean; readonly sandbox: boolean },
  context: CommandContext,
): Promise<void> {
  const { config } = context;
  const { values } = readSettings(config);
  const agent = findInteractiveAgent(config.environment["CLAUDERON_AGENT"] || values.session.agent);
  const findings: Finding[] = [
    { name: "node", state: "ok", message: process.versions.node },
    await findGit(config),
    await findProgram(agent, config, values.session.backend),
    await findCredential(agent, config),
    await findBubblewrap(config, values.local.sandbox === true),
    ...(sandbox ? await (await import("./sandboxFindings.ts")).sandboxFindings(config) : []),
    await findTheDaemon(config),
    findSpace(config),
    ...(values.features.kubernetes_backend
      ? await clusterFindings(values.kubernetes, config)
      : [kubernetesIsOff(values.session.backend)]),
  ];
  context.print(json ? JSON.stringify({ items: findings }, null, 2) : findingsText(findings));
  if (findings.some(({ state }) => state === "missing")) context.setExitCode(1);
}

const kubernetesIsOff = (backend: Backend): Finding => ({
  name: "kubernetes",
  state: backend === "kubernetes" ? "missing" : "optional",
  message: "the kubernetes backend is disabled",
  fix: "Set kubernetes_backend = true in [features] of config.toml, then run `clauderon daemon stop`",
});

async function findGit(config: CliConfig): Promise<Finding> {
  const fix = `Install git ${LEAST_GIT} or newer, for example with \`apt install git\``;
  const version = /(\d+(?:\.\d+)+)/.exec((await tryRun(config, "git", "--version")) ?? "")?.[1];
  if (version === undefined) return { name: "git", state: "missing", message: "not installed", fix };
  if (isAtLeast(version, LEAST_GIT)) return { name: "git", state: "ok", message: version };
  return { name: "git", state: "missing", message: `${version} is too old`, fix };
}

async function findProgram(agent: NeededAgent, config: CliConfig, backend: Backend): Promise<Finding> {
  const program = config.environment["CLAUDERON_AGENT_COMMAND"] || agent.program;
  return programFinding({ ...agent, program }, await tryRun(config, program, "--version"), backend);
}

/** The running daemon's own environment counts; without a daemon, the environment that it would start with. */
async function findCredential(agent: NeededAgent, config: CliConfig): Promise<Finding> {
  const kept = (await (await findDaemon(config))?.client.credentials().catch(() => [])) ?? [];
  return credentialFinding(
    agent,
    (name) => kept.some((item) => item.name === name) || Boolean(config.environment[name]),
  );
}

/** Without it, sessions on this machine have no boundary. */
async function findBubblewrap({ environment }: CliConfig, isNeeded: boolean): Promise<Finding> {
  try {
    await findSandbox(environment["PATH"] ?? "");
    return { name: "bubblewrap", state: "ok", message: "works; sessions on this machine have a boundary" };
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    const state = isNeeded ? "missing" : "optional";
    const message = `${thrown.message}. Without it, sessions on this machine have no boundary`;
    return { name: "bubblewrap", state, message, ...(thrown.hint === undefined ? {} : { fix: thrown.hint }) };
  }
}

async function findTheDaemon(config: CliConfig): Promise<Finding> {
  const socket = daemonSocket(config);
  const found = await findDaemon(config);
  if (found === undefined) {
    return { name: "daemon", state: "ok", message: `not running; the next command starts it on ${socket}` };
  }
  const { version, pid, apiVersion } = found.health;
  if (apiVersion === DAEMON_API_VERSION) {
    return { name: "daemon", state: "ok", message: `${version}, process ${pid}, on ${socket}` };
  }
  const message = `${version} uses API version ${apiVersion}, but this command needs version ${DAEMON_API_VERSION}`;
  return { name: "daemon", state: "missing", message, fix: "Run `clauderon daemon stop`" };
}

function findSpace({ home, userHome }: CliConfig): Finding {
  for (const folder of [home, userHome]) {
    try {
      const { bavail, bsize } = statfsSync(folder);
      const message = `${((bavail * bsize) / LEAST_FREE_BYTES).toFixed(1)} GiB free in ${folder}`;
      if (bavail * bsize >= LEAST_FREE_BYTES) return { name: "disk", state: "ok", message };
      return {
        name: "disk",
        state: "missing",
        message,
        fix: "Run `clauderon delete NAME` for sessions you no longer need",
      };
    } catch {
      // The first daemon makes the home.
    }
  }
  return { name: "disk", state: "missing", message: `Cannot read ${userHome}`, fix: "Set HOME or CLAUDERON_HOME" };
}

/** The output of a program; undefined when it cannot be started or fails. */
async function tryRun(config: CliConfig, program: string, ...args: readonly string[]): Promise<string | undefined> {
  try {
    const { code, stdout } = await runProcess(program, args, { cwd: "/", environment: config.environment });
    return code === 0 ? stdout.toString() : undefined;
  } catch {
    return undefined;
  }
}
