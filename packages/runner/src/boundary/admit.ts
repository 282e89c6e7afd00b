import { Fault } from "@clauderon/base";
import { PROXY_ENV } from "@clauderon/protocol/proxy";
import { awaitGrant, type GrantWait, type PodProxy } from "./awaitGrant.ts";
import { leaksOf, probesOf } from "./probeBoundary.ts";

export interface Admission extends GrantWait {
  readonly proxy: PodProxy;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** How long a network plugin may take to enforce the policies of a new pod, unless a variable says otherwise. */
const DEFAULT_PATIENCE_SECONDS = 15;
const PAUSE_MS = 1_000;

/**
 * Returns when an agent behind the proxy may start: the proxy has its grant, and nothing leads around the proxy. True if
 * ways around it were tried. BOUNDARY_LEAKS if one is still open after a while; returns without a check when the signal
 * aborts.
 */
export async function admit({ proxy, environment, ...wait }: Admission): Promise<boolean> {
  await awaitGrant(proxy, wait);
  const probes = probesOf(environment);
  if (probes.length === 0) return false;
  const { clock, signal, tell } = wait;
  const patience = Number(environment[PROXY_ENV.patience] ?? DEFAULT_PATIENCE_SECONDS) * 1_000;
  const begin = clock.monotonic();
  for (let tries = 1; !signal.aborted; tries += 1) {
    const leaks = await leaksOf(probes, proxy);
    if (leaks.length === 0) return true;
    if (clock.monotonic() - begin >= patience) throw leaking(leaks);
    if (tries === 1) tell(`Waiting until a network policy holds the pod: it reaches ${leaks.join(", ")}`);
    await clock.sleep(PAUSE_MS, signal);
  }
  return false;
}

const leaking = (leaks: readonly string[]) =>
  new Fault("BOUNDARY_LEAKS", `The boundary leaks: the pod reaches ${leaks.join(", ")}`, {
    hint: "Install a network plugin that enforces NetworkPolicy, and check that the policy clauderon-agents selects the pod: kubectl describe networkpolicy",
  });
