import type { CommandContext } from "../commandContext.ts";
import { connectDaemon } from "../daemon/connectDaemon.ts";
import { pulledText } from "./model/workText.ts";

export interface WorkRequest {
  readonly name: string;
  readonly json: boolean;
}

/** Brings a session's work into the user's repository as it is now. */
export async function pullCommand({ name, json }: WorkRequest, context: CommandContext): Promise<void> {
  const client = await connectDaemon(context.config);
  const pulled = await client.pull(name);
  for (const notice of pulled.notices) context.note(notice);
  context.print(json ? JSON.stringify(pulled, null, 2) : pulledText(name, pulled));
}

/** Sends the commit that the user's checkout is at to the session. */
export async function pushCommand({ name, json }: WorkRequest, context: CommandContext): Promise<void> {
  const client = await connectDaemon(context.config);
  const pushed = await client.push(name);
  for (const notice of pushed.notices) context.note(notice);
  const commit = pushed.commit.slice(0, 12);
  const text = pushed.forwarded ? `${name} is at ${commit} now` : `${name} has ${commit}, and is where it was`;
  context.print(json ? JSON.stringify(pushed, null, 2) : text);
}
