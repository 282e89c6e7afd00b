import { resolve } from "node:path";
import { Fault } from "@clauderon/base/fault";
import { expandHome } from "@clauderon/config";
import type { CreateSession, Session } from "@clauderon/protocol";
import type { CommandContext } from "../commandContext.ts";
import { connectDaemon } from "../daemon/connectDaemon.ts";
import type { DaemonClient } from "../daemon/daemonClient.ts";
import { wasNotAsked } from "../daemon/httpRequest.ts";
import { Interrupted } from "../interrupted.ts";
import { hasForeground } from "@clauderon/process/foreground";
import { readPrompt } from "../readPrompt.ts";
import { waitForSession } from "../sessions/followSession.ts";
import { sessionFault } from "../sessions/model/sessionFault.ts";
import { isWithoutAgent } from "../sessions/model/sessionTrouble.ts";
import { waitUntilAgentRuns, waitUntilAgentStarts } from "../sessions/waitUntilRunning.ts";
import { readSettings } from "../settings/settings.ts";
import { type CreateFlags, createRequest, settingFlags } from "./model/createRequest.ts";

export interface CreateRequest {
  readonly flags: CreateFlags;
  readonly repo: string;
  readonly prompt: string | undefined;
  readonly promptFile: string | undefined;
  /** Wait for the end of the first turn and print the agent's last message. */
  readonly print: boolean;
  readonly detach: boolean;
  readonly json: boolean;
}

/**
 * Creates a session and waits until it runs. Then, in the foreground of a terminal, attaches to it; otherwise prints its
 * name, or with `print` the last message of the agent's first turn. Ctrl-C does not stop the session. Warns about
 * credentials that the agent can read.
 */
export async function createCommand(request: CreateRequest, context: CommandContext): Promise<void> {
  const { config } = context;
  const prompt = readPrompt({ text: request.prompt, file: request.promptFile }, config);
  if (request.print && prompt === undefined) {
    throw new Fault("USAGE", "--print needs a prompt", { hint: "Add --prompt TEXT or --prompt-file FILE" });
  }
  const { CLAUDERON_AGENT = "", CLAUDERON_AGENT_COMMAND = "" } = config.environment;
  const flags = { ...(CLAUDERON_AGENT === "" ? {} : { agent: CLAUDERON_AGENT }), ...request.flags };
  const wanted = createRequest({
    flags,
    repository: repositoryPath(request.repo, context),
    prompt,
    command: CLAUDERON_AGENT_COMMAND === "" ? undefined : CLAUDERON_AGENT_COMMAND,
    config: readSettings(config, settingFlags(flags)),
  });
  const client = await connectDaemon(config);
  const session = await client.create(wanted).catch((thrown) => mayBeMade(thrown, wanted.name));
  const { name } = session;
  warnOf(session, wanted, context);
  await goOn(name, request, { client, context });
}

function warnOf(
  { spec, status: { credentials = [] } }: Session,
  wanted: CreateSession,
  { note }: CommandContext,
): void {
  // Who wants no boundary knows.
  const isWanted = wanted.sandbox === false || wanted.egress?.mode === "Open";
  const unbound = isWanted ? undefined : unboundText(spec);
  if (unbound !== undefined) note(unbound);
  if (credentials.length > 0) note(`The agent and the commands it runs can read ${credentials.join(", ")}`);
}

/** What the agent of a session on this machine can do because it has no boundary. */
function unboundText({ backend, sandbox, egress }: Session["spec"]): string | undefined {
  if (backend !== "local" || egress !== undefined) return undefined;
  const reaches = sandbox ? "it reaches every host" : "it can read and change your files, and reaches every host";
  return `The agent has no boundary: ${reaches}`;
}

/** A daemon that ended before it answered may have created the session. */
function mayBeMade(thrown: unknown, name?: string): never {
  if (!(thrown instanceof Fault) || thrown.code !== "DAEMON_UNAVAILABLE" || wasNotAsked(thrown)) throw thrown;
  throw new Fault(thrown.code, `${thrown.message}; the session may have been created anyway`, {
    cause: thrown,
    hint: `Run \`clauderon ${name === undefined ? "list" : `show ${name}`}\` to check before you create it again`,
  });
}

interface Made {
  readonly client: DaemonClient;
  readonly context: CommandContext;
}

async function goOn(name: string, { print, detach, json }: CreateRequest, { client, context }: Made): Promise<void> {
  const signal = context.takeSignals();
  const isShown = !json && !detach && canShow(context);
  try {
    // Who sees the agent, or its answer, sees how it ends too.
    const untilUp = isShown || print ? waitUntilAgentStarts : waitUntilAgentRuns;
    const session = await untilUp(name, { client, context, signal });
    for (const notice of session.status.notices ?? []) context.note(notice);
    if (print) return printTurn(await waitForTurn(name, { client, context, signal }), json, context);
    if (json) return context.print(JSON.stringify(session, null, 2));
    if (!isShown) return context.print(name);
  } catch (thrown) {
    if (thrown instanceof Interrupted)
      context.note(`Session "${name}" keeps running. Run \`clauderon attach ${name}\` to attach`);
    throw thrown;
  }
  const { attachCommand } = await import("../attach/attachCommand.ts");
  await attachCommand({ name, watch: false, takeOver: false, detachKeys: undefined }, context);
}

/** A shell may have put the command in the background, at its start (`&`) or later. */
const canShow = ({ terminals }: CommandContext) => terminals.stdin && terminals.stdout && hasForeground();

/** Waits for the end of the first turn; notes when the agent waits for the user. */
function waitForTurn(name: string, wait: Made & { readonly signal: AbortSignal }): Promise<Session> {
  let told = "";
  return waitForSession(name, {
    ...wait,
    until: (session) => {
      const { phase, activity, turns = 0 } = session.status;
      if (activity === "Failed" || isWithoutAgent(session)) throw sessionFault(session);
      if (turns > 0) return true;
      if (phase !== "Running" && phase !== "Pending") throw sessionFault(session);
      const waits = activity === "WaitingForPermission" || activity === "WaitingForInput";
      if (waits && told !== activity)
        wait.context.note(`The agent is waiting for you. Run \`clauderon attach ${name}\` to answer`);
      told = activity;
      return false;
    },
  });
}

function printTurn(session: Session, json: boolean, context: CommandContext): void {
  context.print(json ? JSON.stringify(session, null, 2) : (session.status.lastMessage ?? ""));
}

/** A shell does not expand the `~` of a quoted path. */
function repositoryPath(repo: string, { config }: CommandContext): string {
  return resolve(config.workingDirectory, expandHome(repo, config.userHome));
}
