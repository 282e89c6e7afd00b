import { Fault, FAULTS, faultText } from "@clauderon/base";
import { closeInherited } from "@clauderon/process";
import { parseDaemonConfig, USAGE } from "./config.ts";
import { runDaemon } from "./daemon.ts";

async function main(): Promise<void> {
  const config = parseDaemonConfig(process.argv.slice(2), process.env);
  if (config === "help") {
    process.stdout.write(USAGE);
    return;
  }
  // Agents would inherit open files, and could use them even inside a sandbox.
  closeInherited();
  await runDaemon(config, {
    stop: stopSignal(),
    say: (text) => process.stdout.write(`${text}\n`),
  });
}

function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());
  // The daemon serves other terminals too, so it keeps running when its own closes.
  process.on("SIGHUP", () => undefined);
  process.stdout.on("error", () => undefined);
  return stop.signal;
}

try {
  await main();
} catch (thrown) {
  if (!(thrown instanceof Fault)) throw thrown;
  process.stderr.write(`${faultText(thrown)}\n`);
  process.exitCode = FAULTS[thrown.code].exit;
}
