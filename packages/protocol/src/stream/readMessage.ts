import type { z } from "zod";
import { FrameError } from "./frames.ts";
import { clientMessageSchema, type RunnerMessage, runnerMessageSchema } from "./messages.ts";
import { decodeUtf8 } from "./utf8.ts";

/** A client's message; a FrameError says what is wrong with it. */
export function readClientMessage(bytes: Uint8Array): z.output<typeof clientMessageSchema> {
  return read(bytes, clientMessageSchema);
}

/** A runner's message; a FrameError says what is wrong with it. */
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
