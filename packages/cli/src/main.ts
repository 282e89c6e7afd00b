import { createRequire } from "node:module";
import { Fault, FAULTS, faultText } from "@clauderon/base";
import type { CommandContext } from "./commandContext.ts";
import { readConfig } from "./config.ts";
import type { RunningChild } from "./process.ts";
import { buildProgram, runProgram } from "./program.ts";

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };

const context: CommandContext = {
  config: readConfig(),
  print: (text) => void process.stdout.write(`${text}\n`),
  note: (text) => void process.stderr.write(`note: ${text}\n`),
  stopOnSignal(child: RunningChild) {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.stop());
  },
};

try {
  await runProgram(buildProgram(context, version), process.argv.slice(2));
} catch (thrown) {
  if (!(thrown instanceof Fault)) throw thrown;
  process.stderr.write(`${faultText(thrown)}\n`);
  process.exitCode = FAULTS[thrown.code].exit;
}
