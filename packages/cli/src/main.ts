import { constants } from "node:os";
import { Fault, FAULTS, faultText } from "@clauderon/base/fault";
import packageJson from "../package.json" with { type: "json" };
import { bugText } from "./model/bugText.ts";
import type { CommandContext } from "./commandContext.ts";
import { readConfig } from "./config.ts";
import { Interrupted } from "./interrupted.ts";
import { buildProgram, namesCommand, runProgram } from "./program.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const complain = (text: string): void => void process.stderr.write(`${text}\n`);

// The reader of our output may stop reading (`| head`): that must not end the command or print a stack trace.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

function takeSignals(): AbortSignal {
  const stopping = new AbortController();
  for (const name of SIGNALS) {
    process.on(name, () => stopping.abort(new Interrupted(name, 128 + constants.signals[name])));
  }
  return stopping.signal;
}

/** Prints the error that ended the command and returns its exit code. */
function report(thrown: unknown): number {
  if (thrown instanceof Interrupted) return thrown.exitCode;
  if (thrown instanceof Fault) {
    complain(faultText(thrown));
    return FAULTS[thrown.code].exit;
  }
  complain(bugText(thrown, isDebugging()));
  return 1;
}

/** Reading the configuration may fail too. */
function isDebugging(): boolean {
  try {
    return readConfig().debug;
  } catch {
    return true;
  }
}

async function namesOfSessions(args: readonly string[], { config }: CommandContext): Promise<readonly string[]> {
  const { sessionNames } = await import("./sessionNames.ts");
  return sessionNames(args, config);
}

process.on("uncaughtException", (thrown) => process.exit(report(thrown)));

try {
  const context: CommandContext = {
    config: readConfig(),
    terminals: {
      stdin: process.stdin.isTTY ?? false,
      stdout: process.stdout.isTTY ?? false,
      stderr: process.stderr.isTTY ?? false,
    },
    print: (text) => void process.stdout.write(`${text}\n`),
    note: (text) => complain(`note: ${text}`),
    takeSignals,
    atExit: (cleanUp) => void process.on("exit", cleanUp),
    atResume: (takeBack) => void process.on("SIGCONT", takeBack),
    setExitCode: (code) => {
      process.exitCode = code;
    },
  };
  const args = process.argv.slice(2);
  const program = buildProgram(context, packageJson.version);
  if (!namesCommand(program, args)) {
    const { addCompletion } = await import("./completion.ts");
    addCompletion(program, args[0] === "complete" ? await namesOfSessions(args, context) : []);
  }
  await runProgram(program, args);
} catch (thrown) {
  process.exitCode = report(thrown);
}
