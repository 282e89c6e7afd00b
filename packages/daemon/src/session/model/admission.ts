import { Fault } from "@clauderon/base";
import { type Observation, OTHER_CLUSTER } from "../../model/observation.ts";
import type { Entry } from "../../registry/model/entry.ts";

/** Throws SESSION_EXISTS if a new session should work in the user's checkout itself and another session already does. */
export function refuseSharedCheckout(spec: Entry["record"]["spec"], entries: readonly Entry[]): void {
  if (spec.worktree) return;
  const other = entries.find(({ record }) => !record.spec.worktree && record.spec.repository === spec.repository);
  if (other === undefined) return;
  throw new Fault("SESSION_EXISTS", `Session "${other.record.name}" works in ${spec.repository} itself`, {
    hint: `Leave out --no-worktree, or delete it: clauderon delete ${other.record.name}`,
  });
}

/** Throws SESSION_NOT_FOUND if a session that is being deleted should do anything else. */
export function refuseDeleting({ record, wanted }: Entry, next: Entry["wanted"] | undefined): void {
  if (wanted !== "Deleted" || next === "Deleted") return;
  throw new Fault("SESSION_NOT_FOUND", `Session "${record.name}" is being deleted`, {
    hint: `Run \`clauderon show ${record.name}\` to see what delays it`,
  });
}

/**
 * Throws CLUSTER_MISMATCH for the deletion of a session in another cluster or namespace, even if its work may be
 * discarded. Otherwise its pod would keep running, with the agent's credentials, and nobody would know.
 */
export function refuseElsewhere(name: string, { reason, message, hint }: Observation): void {
  if (reason !== OTHER_CLUSTER) return;
  const advice = hint === undefined ? "" : `${hint}. `;
  throw new Fault("CLUSTER_MISMATCH", `Cannot delete session "${name}": ${message ?? reason}`, {
    hint: `${advice}If that cluster is gone for good: clauderon delete --orphan ${name}`,
  });
}

interface Reach {
  readonly hasOwnRepository: boolean;
  /** Whether the place that held its work is gone. */
  readonly isLost: boolean;
}

/** Throws SESSION_NOT_RUNNING for the deletion of a session whose work is on a volume that no pod uses. */
export function refuseOutOfReach({ record, wanted, started, saved }: Entry, { hasOwnRepository, isLost }: Reach): void {
  if (wanted !== "Archived" || !hasOwnRepository || !started || saved || isLost) return;
  const { name } = record;
  throw new Fault("SESSION_NOT_RUNNING", `The work of "${name}" was not fetched when it was archived`, {
    hint: `Unarchive it first: clauderon unarchive ${name}. Or discard its work: clauderon delete --discard-work ${name}`,
  });
}
