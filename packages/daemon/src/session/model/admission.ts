import { Fault } from "@clauderon/base";
import { type Observation, OTHER_CLUSTER } from "../../model/observation.ts";
import type { Entry } from "../../registry/model/entry.ts";

/** SESSION_EXISTS when another session works in the user's checkout itself that this one asks for. */
export function refuseSharedCheckout(spec: Entry["record"]["spec"], entries: readonly Entry[]): void {
  if (spec.worktree) return;
  const other = entries.find(({ record }) => !record.spec.worktree && record.spec.repository === spec.repository);
  if (other === undefined) return;
  throw new Fault("SESSION_EXISTS", `Session "${other.record.name}" works in ${spec.repository} itself`, {
    hint: `Leave out --no-worktree, or delete it: clauderon delete ${other.record.name}`,
  });
}

/** SESSION_NOT_FOUND when something else than its deletion is asked of a session that is being deleted. */
export function refuseDeleting({ record, wanted }: Entry, next: Entry["wanted"] | undefined): void {
  if (wanted !== "Deleted" || next === "Deleted") return;
  throw new Fault("SESSION_NOT_FOUND", `Session "${record.name}" is being deleted`, {
    hint: `Run \`clauderon show ${record.name}\` to see what delays it`,
  });
}

/**
 * CLUSTER_MISMATCH for the deletion of a session that is in another cluster or namespace, whatever may become of its work: its
 * pod would run on, with the agent's credentials, and nobody would know of it.
 */
export function refuseElsewhere(name: string, { reason, message, hint }: Observation): void {
  if (reason !== OTHER_CLUSTER) return;
  const options = hint === undefined ? {} : { hint };
  throw new Fault("CLUSTER_MISMATCH", `Cannot delete session "${name}": ${message ?? reason}`, options);
}

interface Reach {
  readonly hasOwnRepository: boolean;
  /** The place of its work is gone. */
  readonly isLost: boolean;
}

/** SESSION_NOT_RUNNING for the deletion of a session whose work is on a volume that nothing runs on. */
export function refuseOutOfReach({ record, wanted, started, saved }: Entry, { hasOwnRepository, isLost }: Reach): void {
  if (wanted !== "Archived" || !hasOwnRepository || !started || saved || isLost) return;
  const { name } = record;
  throw new Fault("SESSION_NOT_RUNNING", `The work of "${name}" was not fetched when it was archived`, {
    hint: `Unarchive it first: clauderon unarchive ${name}. Or discard its work: clauderon delete --discard-work ${name}`,
  });
}
