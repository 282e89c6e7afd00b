import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

/** `clauderon config show`: the settings. */
export function addConfigCommand(program: Command, context: CommandContext): void {
  program
    .command("config")
    .summary("show the configuration")
    .description("Shows the settings that result from the environment, config.toml and the defaults.")
    .command("show")
    .summary("show every setting")
    .description(
      "Shows every setting and its value for commands in this environment. To change one, set it in config.toml in CLAUDERON_HOME (default: ~/.clauderon).",
    )
    .option("--origin", "show where each value comes from")
    .option("--json", "print the settings as JSON")
    .action(async ({ origin = false, json = false }: { origin?: boolean; json?: boolean }) => {
      const { showConfig } = await import("./showConfig.ts");
      showConfig({ origin, json }, context);
    });
}
