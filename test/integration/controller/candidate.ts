import { LeaderElector, systemClock } from "@clauderon/controller";
import { HttpKubeClient, loadKubeConfig } from "@clauderon/kube";
import { recordedLog } from "../../kit/recordedLog.ts";

// A candidate of an election: `node candidate.ts <kubeconfig> <identity>`. It prints `leading` and `stopped`.
const [kubeconfig = "", identity = ""] = process.argv.slice(2);
const client = new HttpKubeClient(loadKubeConfig({ kubeconfig }));
const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());
const elector = new LeaderElector({
  client,
  lease: { namespace: "default", name: "election" },
  identity,
  log: recordedLog().log,
  clock: systemClock,
  leaseDurationMs: 5000,
  renewDeadlineMs: 4000,
  retryMs: 300,
});
await elector.run(stop.signal, async (signal) => {
  process.stdout.write("leading\n");
  await systemClock.sleep(3_600_000, signal);
  process.stdout.write("stopped\n");
});
await client.close();
