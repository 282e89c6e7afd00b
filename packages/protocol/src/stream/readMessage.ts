import type { z } from "zod";
import { FrameError } from "./frames.ts";
import { clientMessageSchema, type Refusal, type RunnerMessage, runnerMessageSchema } from "./messages.ts";
import { asRecord } from "./refusal.ts";
import { parseJsonBytes } from "./utf8.ts";

/** A message of a type that this version does not know: the other side is newer. */
export interface UnknownMessage {
  readonly type: "unknown";
  /** Why it is refused. */
  readonly refusal: Refusal;
  /** When it wants an answer on channel 0. */
  readonly request: number | undefined;
}

/** A control message from a client, as it was read. */
export type ClientControl = z.output<typeof clientMessageSchema> | UnknownMessage;

/** Reads a message from a client. Throws a FrameError that says what is wrong with it. */
export function readClientMessage(bytes: Uint8Array): ClientControl {
  return read(bytes, clientMessageSchema);
}

/** Reads a message from a runner; undefined for an unknown type. Throws a FrameError that says what is wrong with it. */
export function readRunnerMessage(bytes: Uint8Array): RunnerMessage | undefined {
  const message = read(bytes, runnerMessageSchema);
  return message.type === "unknown" ? undefined : message;
}

function read<T>(bytes: Uint8Array, schema: Schema<T>): T | UnknownMessage {
  const message = parseJsonBytes(bytes);
  const parsed = schema.safeParse(message);
  if (parsed.success) return parsed.data;
  const { type, id } = asRecord(message);
  if (typeof type === "string" && !knownTypes(schema).has(type)) return unknown(type, id);
  const [issue] = parsed.error.issues;
  throw new FrameError(`Not a control message: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`.slice(0, 1_024));
}

type Schema<T> = z.ZodType<T> & {
  readonly options: readonly { readonly shape: { readonly type: z.ZodLiteral<string> } }[];
};

const knownTypes = <T>({ options }: Schema<T>) => new Set(options.map(({ shape }) => shape.type.value));

function unknown(type: string, id: unknown): UnknownMessage {
  const message = `The message "${type.slice(0, 64)}" is not known here`;
  const hint = "The other side is newer: upgrade the daemon, or recreate the session to give it a current runner";
  return {
    type: "unknown",
    refusal: { code: "FEATURE_DISABLED", message, hint },
    request: typeof id === "number" ? id : undefined,
  };
}
