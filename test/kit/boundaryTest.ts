import { proxyAttempts } from "../../packages/cli/src/boundary/model/proxyAttempts.ts";

/** What `clauderon boundary test` prints as JSON. */
export interface BoundaryTest {
  readonly items: readonly {
    readonly what: string;
    readonly isThrough: boolean;
    readonly isOdd: boolean;
    readonly said: string;
  }[];
}

/** The requests that the proxy must refuse to a session that has two hosts and a credential, each with the reason. */
export const REFUSED_BY_PROXY: readonly (readonly [string, string])[] = proxyAttempts(
  { mode: "Enforce" },
  { listed: "api.anthropic.com", other: "github.com", placeholder: "placeholder" },
).map(({ what, reason }) => [what, reason]);
