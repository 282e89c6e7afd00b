import { Fault, FAULTS, faultText } from "@clauderon/base";
import { systemClock } from "@clauderon/controller";
import { HttpKubeClient, loadKubeConfig } from "@clauderon/kube";
import { type OperatorConfig, parseConfig, USAGE } from "./config.ts";
import { crdYaml } from "./crdCommand.ts";
import { serveHealth } from "./health.ts";
import { jsonLog } from "./log.ts";
import { Operator } from "./operator.ts";
import { releaseWhenStopped } from "./releaseWhenStopped.ts";

async function main(config: OperatorConfig): Promise<void> {
  switch (config.command) {
    case "help":
      process.stdout.write(USAGE);
      return;
    case "crd":
      process.stdout.write(crdYaml());
      return;
    case "release-finalizers":
      await release(config);
      return;
    case "run":
      await run(config);
  }
}

async function release(config: OperatorConfig): Promise<void> {
  const client = connect(config);
  await releaseWhenStopped({ ...config, client, log: jsonLog(config.logLevel), clock: systemClock }, stopSignal());
  await client.close();
}

function connect({ kubeconfig, context, env }: OperatorConfig): HttpKubeClient {
  const access = loadKubeConfig({
    env,
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
  });
  return new HttpKubeClient(access, { userAgent: "thurkube" });
}

async function run(config: OperatorConfig): Promise<void> {
  const { watchNamespace, workers, accessCeiling, leaderElection } = config;
  const log = jsonLog(config.logLevel);
  const client = connect(config);
  const options = { watchNamespace, workers, accessCeiling, leaderElection };
  const operator = new Operator({ client, log, clock: systemClock, ...options });
  const health = await serveHealth(config.port, () => operator.unready);
  log.info("Started", { healthPort: health.port, watchNamespace, workers, leaderElection });
  await operator.run(stopSignal());
  await Promise.all([health.close(), client.close()]);
  log.info("Stopped");
}

function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}

try {
  await main(parseConfig(process.argv.slice(2), process.env));
} catch (thrown) {
  if (!(thrown instanceof Fault)) throw thrown;
  process.stderr.write(`${faultText(thrown)}\n`);
  process.exit(FAULTS[thrown.code].exit);
}
