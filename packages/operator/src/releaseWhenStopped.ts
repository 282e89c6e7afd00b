import { releaseFinalizers } from "./agentJob/sweep.ts";
import { type Candidate, whileLeading } from "./leading.ts";

/**
 * Removes what a stopped operator would leave behind: see {@link releaseFinalizers}. Takes the operator's Lease for that, so
 * it waits until the operator has stopped, and none that starts meanwhile grants again what this revokes.
 */
export async function releaseWhenStopped(
  options: Candidate & { readonly watchNamespace: string | undefined },
  signal: AbortSignal,
): Promise<void> {
  const { client, log, watchNamespace } = options;
  await whileLeading(options, signal, async () => {
    log.info("Released the AgentJobs", await releaseFinalizers(client, watchNamespace));
  });
}
