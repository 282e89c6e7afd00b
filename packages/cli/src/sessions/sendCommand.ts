import { Fault } from "@clauderon/base/fault";
import type { CommandContext } from "../commandContext.ts";
import { connectDaemon } from "../daemon/connectDaemon.ts";
import { type PromptSource, readPrompt } from "../readPrompt.ts";

export interface SendRequest {
  readonly name: string;
  readonly source: PromptSource;
  readonly json: boolean;
}

/** Sends a prompt and returns once the agent has received it. */
export async function sendCommand({ name, source, json }: SendRequest, context: CommandContext): Promise<void> {
  const prompt = readPrompt(source, context.config);
  if (prompt === undefined) {
    throw new Fault("USAGE", "No prompt given", {
      hint: `Run \`clauderon send ${name} TEXT\`, or use - for standard input`,
    });
  }
  const client = await connectDaemon(context.config);
  await client.send(name, prompt);
  context.print(json ? JSON.stringify({ name }, null, 2) : `Sent the prompt to ${name}`);
}
