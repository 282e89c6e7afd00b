import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

/** `clauderon credentials`: what agents authenticate with. */
export function addCredentialsCommand(program: Command, context: CommandContext): void {
  const credentials = program
    .command("credentials")
    .summary("keep what agents authenticate with")
    .description(
      "Credentials of agents, by the name of the variable an agent reads them from: CLAUDE_CODE_OAUTH_TOKEN,\n" +
        "ANTHROPIC_API_KEY. They are kept in files that you alone can read, and handed to the agents of new sessions.",
    );
  credentials
    .command("set")
    .summary("keep a credential")
    .description("Keeps a credential. Its value is asked for without being shown, or read from standard input.")
    .argument("<name>", "the variable")
    .action(async (name: string) => {
      const { setCredential } = await import("./credentialsCommand.ts");
      await setCredential(name, context);
    });
  credentials
    .command("list")
    .summary("list credentials by name")
    .description("Lists the credentials there are, and where they come from. Values are never shown.")
    .option("--json", "print JSON")
    .action(async ({ json = false }: { json?: boolean }) => {
      const { listCredentials } = await import("./credentialsCommand.ts");
      await listCredentials(json, context);
    });
  credentials
    .command("delete")
    .summary("delete a credential")
    .description("Deletes a credential that was set. Sessions that have it keep it until they are recreated.")
    .argument("<name>", "the variable")
    .action(async (name: string) => {
      const { deleteCredential } = await import("./credentialsCommand.ts");
      await deleteCredential(name, context);
    });
}
