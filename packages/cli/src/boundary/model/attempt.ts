import { parseJsonObject } from "@clauderon/base";

/** A way around the proxy: a place that answers if the agent's network leads there. */
export interface Place {
  readonly what: string;
  readonly protocol: "TCP" | "UDP" | "Abstract";
  /** An address, or the name of an abstract socket. */
  readonly address: string;
  readonly port?: number;
}

/** A request by the proxy that it must refuse. */
export interface ProxyAttempt {
  readonly what: string;
  /** The reason that the proxy must give. */
  readonly reason: string;
  /** Who it says it is at the proxy: the session by default. */
  readonly as?: "Nobody" | "Another";
  /** The authority of CONNECT; without it, `request` goes to the proxy itself. */
  readonly connect?: string;
  /** The name in the TLS handshake within the tunnel; without it, the attempt ends with CONNECT. */
  readonly serverName?: string;
  /** The request, its lines separated by line breaks. */
  readonly request?: readonly string[];
}

export interface Plan {
  readonly places: readonly Place[];
  readonly proxy: readonly ProxyAttempt[];
  /** How long a place may take to answer. */
  readonly patienceMs: number;
}

/** What came of an attempt: a status by the proxy with its reason, or whether a place answered. */
export interface Outcome {
  readonly what: string;
  /** Of a place: whether it answered. Of a request: whether something other than a refusal came back. */
  readonly isThrough: boolean;
  /** What the proxy said, or why there was no answer. */
  readonly said: string;
}

/** The outcomes in what the program in the session printed; undefined for anything else. */
export function readOutcomes(printed: string): readonly Outcome[] | undefined {
  const items: unknown = parseJsonObject(printed)?.["items"];
  return Array.isArray(items) && items.every(isOutcome) ? items : undefined;
}

function isOutcome(item: unknown): item is Outcome {
  const { what, isThrough, said } = (item ?? {}) as Partial<Record<keyof Outcome, unknown>>;
  return typeof what === "string" && typeof isThrough === "boolean" && typeof said === "string";
}
