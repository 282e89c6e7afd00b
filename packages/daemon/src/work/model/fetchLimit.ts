import { Fault, quantityNanos } from "@clauderon/base";

/** How much work of one session the daemon may fetch into the user's repository without being asked. */
export interface FetchLimit {
  readonly bytes: number;
  /** As written in the configuration. */
  readonly text: string;
}

/** The limit in a Kubernetes quantity. */
export function fetchLimit(text: string): FetchLimit {
  return { bytes: Number((quantityNanos(text) ?? 0n) / 1_000_000_000n), text };
}

export const limitFault = (session: string, { text }: FetchLimit, cause?: unknown): Fault =>
  new Fault(
    "REPOSITORY_UNAVAILABLE",
    `The work of session "${session}" has reached the limit of ${text}, and is no longer fetched after each turn`,
    {
      hint: `It stays in the session. Fetch it yourself: clauderon pull ${session}. Or raise fetch_limit under [sync] in config.toml and run clauderon daemon stop`,
      cause,
    },
  );
