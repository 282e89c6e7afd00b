/** One thing the scripted model does while it answers one request. A turn is a list of them, played in order. */
export type Step = TextStep | ToolUseStep | DelayStep | UsageStep | CutStreamStep | ErrorStep;

/** The answer to one request of the agent. */
export type Turn = Step | readonly Step[];

export interface TextStep {
  readonly type: "text";
  readonly text: string;
}

export interface ToolUseStep {
  readonly type: "toolUse";
  /** The tool's name as the agent declares it: `Bash`, `Write`, `mcp__echo__echo`. */
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface DelayStep {
  readonly type: "delay";
  readonly ms: number;
}

export interface UsageStep {
  readonly type: "usage";
  readonly input?: number;
  readonly output?: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
}

export interface CutStreamStep {
  readonly type: "cutStream";
}

export interface ErrorStep {
  readonly type: "error";
  readonly status: number;
  /** The API's own word: `authentication_error`, `rate_limit_error`, `overloaded_error`, ... */
  readonly kind: string;
  readonly message: string;
  /** Seconds, sent as the header `retry-after`. */
  readonly retryAfter?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The model says this. */
export const text = (text: string): TextStep => ({ type: "text", text });

/** The model asks for a tool; several in one turn are several calls. The turn then ends with `stop_reason: tool_use`. */
export const toolUse = (name: string, input: ToolUseStep["input"]): ToolUseStep => ({ type: "toolUse", name, input });

/** Silence at this place of the turn: before the first byte when it is the first step, in mid-stream otherwise. */
export const delay = (ms: number): DelayStep => ({ type: "delay", ms });

/** Token figures reported for this turn, wherever in the turn it stands; what is left out is 0. Without it: 10 in, 20 out. */
export const usage = (tokens: Omit<UsageStep, "type">): UsageStep => ({ type: "usage", ...tokens });

/** The connection breaks here: the block before it never ends. As the first step, the connection breaks without an answer. */
export const cutStream = (): CutStreamStep => ({ type: "cutStream" });

/**
 * The API refuses. Before any content it is the HTTP status; after content it is an SSE `error` event, since the
 * status has been sent already, and the stream ends there.
 */
export const error = (
  status: number,
  kind: string,
  message: string,
  extra: Pick<ErrorStep, "retryAfter" | "headers"> = {},
): ErrorStep => ({ type: "error", status, kind, message, ...extra });

/** 401, as for a key that was revoked. */
export const unauthorized = (): ErrorStep => error(401, "authentication_error", "invalid x-api-key");

/** 429 that asks the agent to come back after so many seconds. */
export const rateLimit = (retryAfter: number): ErrorStep =>
  error(429, "rate_limit_error", "This request would exceed your account's rate limit", { retryAfter });

/** 529, as when the service is busy. */
export const overloaded = (): ErrorStep => error(529, "overloaded_error", "Overloaded");

const STEP_TYPES: Readonly<Record<Step["type"], readonly string[]>> = {
  text: ["text"],
  toolUse: ["name", "input"],
  delay: ["ms"],
  usage: [],
  cutStream: [],
  error: ["status", "kind", "message"],
};

/** Checks a turn that came from a file; throws an error that names the step which is wrong. */
export function parseTurn(value: unknown, where: string): Turn {
  const steps: readonly unknown[] = Array.isArray(value) ? value : [value];
  return steps.map((step, index) => parseStep(step, `${where}, step ${index + 1}`));
}

function parseStep(value: unknown, where: string): Step {
  const step = value as Partial<Record<string, unknown>> | null;
  const required = STEP_TYPES[step?.type as Step["type"]];
  if (step === null || required === undefined) {
    throw new Error(
      `${where}: type must be one of ${Object.keys(STEP_TYPES).join(", ")}, got ${JSON.stringify(value)}`,
    );
  }
  const missing = required.filter((field) => step[field] === undefined);
  if (missing.length > 0) throw new Error(`${where}: a ${String(step.type)} step needs ${missing.join(" and ")}`);
  return step as unknown as Step;
}
