import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

const EXAMPLES = `
Examples:
  # Get a token for Claude Code, then save it
  claude setup-token
  clauderon credentials set CLAUDE_CODE_OAUTH_TOKEN

  # Save a key that a program prints
  pass show openai | clauderon credentials set OPENAI_API_KEY`;

export function addCredentialsCommand(program: Command, context: CommandContext): void {
  const credentials = program
    .command("credentials")
    .summary("manage agent credentials")
    .description(
      "Manages the credentials that agents authenticate with. A credential has the name of the environment " +
        "variable that the agent reads: CLAUDE_CODE_OAUTH_TOKEN or ANTHROPIC_API_KEY for Claude Code, " +
        "OPENAI_API_KEY for Codex, GEMINI_API_KEY for Gemini CLI.\n\n" +
        "Credentials are stored in files that only you can read, and given to the agents of new sessions. An " +
        "existing session gets a new credential when you run `clauderon recreate`.",
    );
  credentials
    .command("set")
    .summary("save a credential")
    .description(
      "Saves a credential for the agents of new sessions. Prompts for the value without showing it, or reads it from standard input.",
    )
    .argument("<name>", "name of the environment variable")
    .addHelpText("after", EXAMPLES)
    .action(async (name: string) => {
      const { setCredential } = await import("./credentialsCommand.ts");
      await setCredential(name, context);
    });
  credentials
    .command("list")
    .summary("list credentials")
    .description("Lists the names of your credentials and where each one comes from. Never shows values.")
    .option("--json", "print the credentials as JSON")
    .action(async ({ json = false }: { json?: boolean }) => {
      const { listCredentials } = await import("./credentialsCommand.ts");
      await listCredentials(json, context);
    });
  credentials
    .command("delete")
    .summary("delete a credential")
    .description("Deletes a saved credential. Existing sessions keep it until you run `clauderon recreate`.")
    .argument("<name>", "name of the environment variable")
    .action(async (name: string) => {
      const { deleteCredential } = await import("./credentialsCommand.ts");
      await deleteCredential(name, context);
    });
}
