import type { Continuation } from "../../model/continuation.ts";

interface Loss extends Continuation {
  /** See SessionBackend. */
  readonly hasOwnRepository: boolean;
}

/** The notices for a session that continues in a new place. Each is a sentence for people. */
export function lossNotices({ commit, rescuedRef, isFetched, hasOwnRepository }: Loss): readonly string[] {
  const place = hasOwnRepository ? "volume" : "worktree";
  const from = isFetched ? `its newest fetched work, ${commit.slice(0, 12)}` : "the work that it was created with";
  return [
    `The session lost its ${place} and continues from ${from}`,
    ...(rescuedRef === undefined ? [] : [`The work that was fetched from the lost ${place} is kept as ${rescuedRef}`]),
    ...(hasOwnRepository ? ["The agent's conversation was lost with the volume, so the agent waits for a prompt"] : []),
  ];
}
