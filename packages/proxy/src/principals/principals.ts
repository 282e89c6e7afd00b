import type { Secret } from "@clauderon/base";
import type { CredentialRule, Grant } from "@clauderon/protocol/proxy";
import type { Authentication } from "./authenticate.ts";

/** Who may use the proxy, what each may reach, and the credentials that the proxy uses for them. */
export interface Principals {
  /** False until every grant has been read once. */
  readonly isReady: boolean;
  /** How many grants there are. */
  readonly count: number;
  /** How many grants and credentials cannot be used. */
  readonly unusable: number;
  /**
   * Resolves when everything is known that may be known of the sender of this Proxy-Authorization. Another proxy may have
   * confirmed a grant of which this one has not heard.
   */
  meet(header: string | undefined): Promise<void>;
  /** Who sends this Proxy-Authorization. */
  authenticate(header: string | undefined): Authentication;
  /** The principal's grant, if it still has the proxy password that it had when its connection was opened. */
  current(principal: string, tokenHash: string): Grant | undefined;
  has(principal: string): boolean;
  /** Whether a grant with exactly this text is in effect, by the text's SHA-256 in hexadecimal digits. */
  hasText(digest: string): boolean;
  /** The credentials that the proxy has for this grant, granted or not. */
  rulesOf(grant: Grant): readonly CredentialRule[];
  secretOf(grant: Grant, credential: string): Secret | undefined;
  /** A sentence: why a granted credential can be without a secret. */
  readonly whyNoSecret: string;
  /** Reads what changed at once, without waiting to hear of it. */
  reload(): void;
  /** Starts to watch, until `close`. `onChange` is called after grants changed. */
  watch(onChange: () => void): void;
  close(): void;
}
