import { readFileSync } from "node:fs";
import { Fault, Secret } from "@clauderon/base";
import { credentialNameSchema } from "@clauderon/protocol";
import type { CommandContext } from "../commandContext.ts";
import { connectDaemon } from "../daemon/connectDaemon.ts";
import { formatTable } from "../output/model/table.ts";
import { readHidden } from "../readHidden.ts";

/** Saves a credential whose value comes from standard input, never from the command line, which other users can see. */
export async function setCredential(name: string, context: CommandContext): Promise<void> {
  checkName(name);
  const value = context.terminals.stdin ? await readHidden(`${name}: `, context) : new Secret(readFileSync(0, "utf8"));
  const text = value.reveal().trim();
  if (text === "") throw new Fault("USAGE", `The value for ${name} is empty`);
  if (text.includes("\0")) throw new Fault("USAGE", `The value for ${name} must not contain a NUL character`);
  const client = await connectDaemon(context.config);
  await client.setCredential(name, text);
  context.print(`Saved ${name}. New sessions will use it`);
}

export async function listCredentials(json: boolean, context: CommandContext): Promise<void> {
  const items = await (await connectDaemon(context.config)).credentials();
  if (json) return context.print(JSON.stringify({ items }, null, 2));
  if (items.length === 0) return context.print("No credentials. Run `clauderon credentials set NAME` to save one.");
  context.print(
    formatTable(
      ["NAME", "ORIGIN"],
      items.map(({ name, origin }) => [name, origin]),
    ),
  );
}

export async function deleteCredential(name: string, context: CommandContext): Promise<void> {
  checkName(name);
  await (await connectDaemon(context.config)).deleteCredential(name);
  context.print(`${name} deleted`);
}

function checkName(name: string): void {
  const parsed = credentialNameSchema.safeParse(name);
  if (parsed.success) return;
  throw new Fault("USAGE", `${JSON.stringify(name)} ${parsed.error.issues[0]?.message ?? "is not a valid name"}`, {
    hint: "Run `clauderon credentials set CLAUDE_CODE_OAUTH_TOKEN`; it prompts for the value",
  });
}
