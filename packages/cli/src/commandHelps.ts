import type { Command } from "commander";
import { addCompletion } from "./completion.ts";
import { buildProgram } from "./program.ts";

/** The help of every command as it is printed on a terminal of 100 columns, for docs/cli.md. */
export function commandHelps(): readonly { readonly name: string; readonly help: string }[] {
  const program = buildProgram(
    {
      config: { home: "", userHome: "", debug: false, environment: {}, workingDirectory: "" },
      terminals: { stdin: false, stdout: false, stderr: false },
      print: () => {},
      note: () => {},
      takeSignals: () => new AbortController().signal,
      atExit: () => {},
      atResume: () => {},
      setExitCode: () => {},
    },
    "",
  );
  addCompletion(program, []);
  return withSubcommands(program, "").flatMap(({ command, name }) => {
    let help = "";
    command.configureOutput({ writeOut: (text) => void (help += text), getOutHelpWidth: () => 100 }).outputHelp();
    return [{ name, help }];
  });
}

/** A command and all its subcommands, in the order of the help; without `help` itself. */
function withSubcommands(
  command: Command,
  parent: string,
): readonly { readonly command: Command; readonly name: string }[] {
  const name = `${parent} ${command.name()}`.trim();
  const below = command
    .createHelp()
    .visibleCommands(command)
    .filter((sub) => sub.name() !== "help" && command.commands.includes(sub));
  return [{ command, name }, ...below.flatMap((sub) => withSubcommands(sub, name))];
}
