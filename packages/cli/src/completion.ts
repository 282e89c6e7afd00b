import { readdirSync } from "node:fs";
import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";

/**
 * Adds `completion <shell>`, which prints a script for the shell, and the hidden `complete -- WORDS` that such a script calls
 * at each TAB. To be called once every command is there. `sessions` are the names to offer where a command takes one.
 */
export function addCompletion(program: Command, sessions: readonly string[]): void {
  const root = tab(program, { completionCommandName: "completion" });
  const find = (name: string) => program.commands.find((command) => command.name() === name);
  find("completion")
    ?.summary("print a completion script for a shell")
    .description(
      "Prints a script that completes commands, options and files.\n" +
        "bash, in ~/.bashrc: source <(clauderon completion bash); zsh, in ~/.zshrc: the same with zsh;\n" +
        "fish, in ~/.config/fish/config.fish: clauderon completion fish | source.",
    );
  for (const [name, completed] of root.commands) completed.description = summaryOf(program, name.split(" ")); // one line each
  for (const completed of root.commands.values()) {
    const argument = completed.arguments.get("session");
    if (argument !== undefined) argument.handler = (complete) => sessions.forEach((name) => complete(name, ""));
  }
  // The library takes an option for the first command's that has one of that name.
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

/** Folders and manifests whose path may go on from what is typed so far. The library offers no way to leave it to the shell. */
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
