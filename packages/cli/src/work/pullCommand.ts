import type { CommandContext } from "../commandContext.ts";
import { connectDaemon } from "../daemon/connectDaemon.ts";
import { pulledText } from "./model/workText.ts";
import { pullWithProgress, pushWithProgress, type WorkRequest } from "./transfer.ts";

/** Fetches a session's current work into the user's repository. */
export async function pullCommand(request: WorkRequest, context: CommandContext): Promise<void> {
  const client = await connectDaemon(context.config);
  const pulled = await pullWithProgress(request, { client, context });
  context.print(request.json ? JSON.stringify(pulled, null, 2) : pulledText(request.name, pulled));
}

/** Sends the current commit of the user's checkout to the session. */
export async function pushCommand(request: WorkRequest, context: CommandContext): Promise<void> {
  const { name, json } = request;
  const client = await connectDaemon(context.config);
  const pushed = await pushWithProgress(request, { client, context });
  const commit = pushed.commit.slice(0, 12);
  const text = pushed.forwarded
    ? `${name} is now at ${commit}`
    : `Sent ${commit} to ${name}. The branch of its agent is unchanged`;
  context.print(json ? JSON.stringify(pushed, null, 2) : text);
}
