import { Fault, FAULTS, faultText } from "@clauderon/base";
import { parseConfig, type ProxyConfig, USAGE } from "./config.ts";
import { jsonLog } from "./log.ts";
import { startProxy } from "./proxy.ts";

async function main(config: ProxyConfig): Promise<void> {
  if (config.command === "help") return void process.stdout.write(USAGE);
  const log = jsonLog(config.logLevel, (line) => process.stdout.write(line));
  const stopped = stopSignal();
  const proxy = await startProxy(config, log);
  log.info("Started", { socket: config.socket, port: proxy.port, metricsPort: proxy.metricsPort });
  await stopped;
  log.info("Stopping");
  await proxy.stop();
  log.info("Stopped");
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve());
  });
}

try {
  await main(parseConfig(process.argv.slice(2), process.env));
} catch (thrown) {
  if (!(thrown instanceof Fault)) throw thrown;
  process.stderr.write(`${faultText(thrown)}\n`);
  process.exit(FAULTS[thrown.code].exit);
}
