import { readdirSync } from "node:fs";
import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";

const EXAMPLES = `
Examples:
  # bash: add this line to ~/.bashrc
  source <(clauderon completion bash)

  # zsh: add this line to ~/.zshrc
  source <(clauderon completion zsh)

  # fish: add this line to ~/.config/fish/config.fish
  clauderon completion fish | source`;

/**
 * Adds `completion <shell>`, which prints a script for the shell, and the hidden `complete -- WORDS` that such a script calls
 * at each TAB. Call it once every command is added. `sessions` are the names to offer where a command takes one.
 */
export function addCompletion(program: Command, sessions: readonly string[]): void {
  const root = tab(program, { completionCommandName: "completion" });
  const find = (name: string) => program.commands.find((command) => command.name() === name);
  find("completion")
    ?.summary("print a shell completion script")
    .description(
      "Prints a shell script that completes commands, options, session names and files. " +
        "Load it from your shell's startup file, as in the examples.",
    )
    .addHelpText("after", EXAMPLES);
  for (const [name, completed] of root.commands) completed.description = summaryOf(program, name.split(" ")); // one line each
  for (const completed of root.commands.values()) {
    const argument = completed.arguments.get("session");
    if (argument !== undefined) argument.handler = (complete) => sessions.forEach((name) => complete(name, ""));
  }
  // The library attributes an option to the first command that has an option of that name.
  const [, , , , typed = ""] = process.argv;
  for (const [name, completed] of root.commands) if (name.split(" ")[0] !== typed) completed.options.clear();
  const filename = root.commands.get("run")?.options.get("filename");
  if (filename !== undefined) {
    filename.handler = (complete) => {
      for (const path of manifestPaths(process.argv.at(-1) ?? "")) complete(path, "");
    };
  }
}

function summaryOf(command: Command, [first = "", ...rest]: readonly string[]): string {
  const found = command.commands.find((sub) => sub.name() === first);
  return found === undefined ? "" : rest.length === 0 ? found.summary() : summaryOf(found, rest);
}

/** Folders and manifests whose path begins with the typed text. The library cannot leave this to the shell. */
function manifestPaths(typed: string): readonly string[] {
  const folder = typed.slice(0, typed.lastIndexOf("/") + 1);
  try {
    const entries = readdirSync(folder === "" ? "." : folder, { withFileTypes: true });
    const found = entries.filter(
      (entry) => !entry.name.startsWith(".") && (entry.isDirectory() || /\.(ya?ml|json)$/.test(entry.name)),
    );
    return found.map((entry) => `${folder}${entry.name}${entry.isDirectory() ? "/" : ""}`);
  } catch {
    return [];
  }
}
