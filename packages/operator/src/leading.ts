import type { Log, Clock } from "@clauderon/base";
import { LeaderElector } from "@clauderon/controller";
import type { KubeClient } from "@clauderon/kube";
import type { LeaderElection } from "./config.ts";

/** The operator's name, and that of its Lease. */
export const OPERATOR_NAME = "thurkube";

export interface Candidate {
  readonly client: KubeClient;
  readonly log: Log;
  readonly clock: Clock;
  readonly leaderElection: LeaderElection | undefined;
}

/** Works while no other process does, as LeaderElector says; without leader election, at once. */
export async function whileLeading(
  { client, log, clock, leaderElection }: Candidate,
  signal: AbortSignal,
  work: (leading: AbortSignal) => Promise<void>,
): Promise<void> {
  if (leaderElection === undefined) return await work(signal);
  const { namespace, identity } = leaderElection;
  const lease = { namespace, name: OPERATOR_NAME };
  await new LeaderElector({ client, lease, identity, log, clock }).run(signal, work);
}
