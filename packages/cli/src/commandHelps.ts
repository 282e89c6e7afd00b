import { buildProgram } from "./program.ts";

/** The help of every command as it is printed on a terminal of 100 columns, for docs/cli.md. */
export function commandHelps(): readonly { readonly name: string; readonly help: string }[] {
  const program = buildProgram(
    {
      config: { home: "", userHome: "", debug: false, environment: {}, workingDirectory: "" },
      print: () => {},
      note: () => {},
      takeSignals: () => new AbortController().signal,
    },
    "",
  );
  const commands = [program, ...program.createHelp().visibleCommands(program)];
  return commands.flatMap((command) => {
    if (command.name() === "help") return [];
    let help = "";
    command.configureOutput({ writeOut: (text) => void (help += text), getOutHelpWidth: () => 100 }).outputHelp();
    return [{ name: command === program ? "clauderon" : `clauderon ${command.name()}`, help }];
  });
}
