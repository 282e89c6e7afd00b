import type { CommandContext } from "../commandContext.ts";
import { connectDaemon } from "../daemon/connectDaemon.ts";
import { formatAge } from "../output/age.ts";
import { describeSession } from "./model/describeSession.ts";

export interface ShowRequest {
  readonly name: string;
  readonly json: boolean;
}

export async function showCommand({ name, json }: ShowRequest, context: CommandContext): Promise<void> {
  const session = await (await connectDaemon(context.config)).get(name);
  const now = Date.now();
  context.print(json ? JSON.stringify(session, null, 2) : describeSession(session, (time) => formatAge(time, now)));
}
