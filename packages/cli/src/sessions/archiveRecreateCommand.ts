import type { Session } from "@clauderon/protocol";
import type { CommandContext } from "../commandContext.ts";
import { connectDaemon } from "../daemon/connectDaemon.ts";
import type { DaemonClient } from "../daemon/daemonClient.ts";
import { waitForSession } from "./followSession.ts";
import { sessionFault } from "./model/sessionFault.ts";
import { trouble, waitUntilAgentRuns } from "./waitUntilRunning.ts";

/** What is done to sessions that exist. */
const CHANGES = {
  archive: { ask: (client: DaemonClient, name: string) => client.archive(name), to: "Archived", done: "archived" },
  unarchive: { ask: (client: DaemonClient, name: string) => client.unarchive(name), to: "Running", done: "running" },
  recreate: { ask: (client: DaemonClient, name: string) => client.recreate(name), to: "Running", done: "running" },
} as const;

export type Change = keyof typeof CHANGES;

export interface ChangeRequest {
  readonly names: readonly string[];
  readonly json: boolean;
}

/**
 * Changes sessions one after the other and waits until each has the wanted state; stops at the first one that fails.
 */
export async function archiveOrRecreate(
  change: Change,
  { names, json }: ChangeRequest,
  context: CommandContext,
): Promise<void> {
  const signal = context.takeSignals();
  const client = await connectDaemon(context.config);
  const { ask, to, done } = CHANGES[change];
  const sessions: Session[] = [];
  for (const name of names) {
    const asked = await ask(client, name);
    const wait = { client, context, signal };
    const changed = to === "Running" ? await waitUntilAgentRuns(name, wait) : await waitUntilArchived(name, wait);
    sessions.push(changed);
    if (!json) context.print(`${name} ${done}`);
    for (const notice of newNotices(asked, changed)) context.note(notice);
  }
  if (json) context.print(JSON.stringify({ items: sessions }, null, 2));
}

/** What the change has brought to say, such as where a session continues whose volume was lost. */
function newNotices(before: Session, { status }: Session): readonly string[] {
  const known = new Set(before.status.notices);
  return (status.notices ?? []).filter((notice) => !known.has(notice));
}

function waitUntilArchived(name: string, wait: Parameters<typeof waitUntilAgentRuns>[1]): Promise<Session> {
  return waitForSession(name, {
    ...wait,
    trouble,
    until: (session) => {
      if (session.status.phase === "Deleting") throw sessionFault(session);
      return session.status.phase === "Archived";
    },
  });
}
