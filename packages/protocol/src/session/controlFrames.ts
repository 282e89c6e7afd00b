import type { z } from "zod";
import { FrameError } from "./frames.ts";
import { MAX_PROMPT_BYTES } from "./limits.ts";
import { clientMessageSchema, type RunnerMessage, runnerMessageSchema } from "./streamControl.ts";
import { decodeUtf8 } from "./utf8.ts";

/** The longest control message of a client: the longest prompt, each of its bytes written as `\u0000`. */
export const MAX_CLIENT_CONTROL_BYTES = 6 * MAX_PROMPT_BYTES + 1_024;

/** What a client asks; a FrameError says what is wrong with it. */
export function readClientMessage(bytes: Uint8Array): z.output<typeof clientMessageSchema> {
  return read(bytes, clientMessageSchema);
}

/** What a runner tells; a FrameError says what is wrong with it. */
export function readRunnerMessage(bytes: Uint8Array): RunnerMessage {
  return read(bytes, runnerMessageSchema);
}

function read<T>(bytes: Uint8Array, schema: z.ZodType<T>): T {
  const text = decodeUtf8(bytes);
  const parsed = schema.safeParse(text === undefined ? undefined : parseJson(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new FrameError(`Not a control message: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`.slice(0, 1_024));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
