import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";

/** `clauderon config show`: the settings. */
export function addConfigCommand(program: Command, context: CommandContext): void {
  program
    .command("config")
    .summary("show the configuration")
    .description("The settings of config.toml, the environment and the defaults.")
    .command("show")
    .summary("show every setting")
    .description("Shows every setting as it holds for commands in this environment.")
    .option("--origin", "tell where each value came from")
    .option("--json", "print JSON")
    .action(async ({ origin = false, json = false }: { origin?: boolean; json?: boolean }) => {
      const { showConfig } = await import("./showConfig.ts");
      showConfig({ origin, json }, context);
    });
}
