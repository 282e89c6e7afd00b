import { messageOf } from "@clauderon/base";
import type { EgressReport } from "@clauderon/protocol";
import type { CommandContext } from "../commandContext.ts";
import { connectDaemon } from "../daemon/connectDaemon.ts";
import type { DaemonClient } from "../daemon/daemonClient.ts";
import { refusedText } from "../egress/model/egressText.ts";
import { usageText } from "../egress/model/usageText.ts";
import { formatAge } from "../output/age.ts";
import { type BoundaryFields, describeSession } from "./model/describeSession.ts";

export interface ShowRequest {
  readonly name: string;
  readonly json: boolean;
}

export async function showCommand({ name, json }: ShowRequest, context: CommandContext): Promise<void> {
  const client = await connectDaemon(context.config);
  const session = await client.get(name);
  const egress = session.spec.egress === undefined ? undefined : await reportOf(client, name);
  if (json) return context.print(JSON.stringify({ ...session, ...(egress && { egress }) }, null, 2));
  const now = Date.now();
  const ago = (time: string) => formatAge(time, now);
  context.print(describeSession(session, ago, fieldsOf(name, egress, ago)));
}

/** What the proxy says of the session, or why it cannot be asked, which must not hide the session. */
async function reportOf(client: DaemonClient, name: string): Promise<EgressReport | { readonly problem: string }> {
  try {
    return await client.egress(name);
  } catch (thrown) {
    return { problem: messageOf(thrown) };
  }
}

function fieldsOf(
  name: string,
  egress: Awaited<ReturnType<typeof reportOf>> | undefined,
  ago: (time: string) => string,
): BoundaryFields {
  if (egress === undefined) return {};
  if ("problem" in egress) return { refused: `unknown: ${egress.problem}` };
  const { usage, notedProblem } = egress;
  const refused = refusedText(name, egress, ago) ?? (notedProblem && `unknown: ${notedProblem}`);
  return { refused, usage: usage && usageText(usage) };
}
