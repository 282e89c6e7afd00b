import { FrameError } from "./frames.ts";
import type { Refusal, RunnerMessage } from "./messages.ts";
import { asRecord, readRefusal } from "./refusal.ts";
import { parseJsonBytes } from "./utf8.ts";

/** A runner's message to a client on a channel. */
export type ToldMessage = Extract<RunnerMessage, { type: "attached" | "terminal" | "exit" | "error" }>;

/**
 * Reads a runner's message; undefined when no command acts on it, a FrameError when it is invalid. A runner shares a
 * machine with an agent, which may be hostile: every field that is used is checked, by hand because the schemas are too
 * slow to load for a command, and characters that a terminal acts on are removed from texts.
 */
export function readTold(bytes: Uint8Array): ToldMessage | undefined {
  const message = parseJsonBytes(bytes);
  if (typeof message !== "object" || message === null) throw new FrameError("Not a control message");
  const { type, writer, exitCode, id } = asRecord(message);
  if (type === "attached" || type === "terminal") return check(message, typeof writer === "boolean");
  if (type === "exit") return check(message, isExitCode(exitCode));
  if (type !== "error") return undefined;
  const refusal = readRefusal(message);
  if (refusal === undefined) throw nonsense(type);
  return { type, ...(typeof id === "number" ? { id } : {}), ...refusal };
}

/** Why a channel or connection was closed, from the bytes of `close`; undefined when no reason was given. */
export function readClose(bytes: Uint8Array): Refusal | undefined {
  const { reason } = asRecord(parseJsonBytes(bytes));
  // Runners of version 0.1.0 gave a text, and without a reason git has succeeded.
  return readRefusal(
    typeof reason === "string" && reason.trim() !== "" ? { code: "AGENT_FAILED", message: reason } : reason,
  );
}

const isExitCode = (value: unknown): boolean =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 255;

function check(message: object, isRight: boolean): ToldMessage {
  if (isRight) return message as ToldMessage;
  throw nonsense(String(asRecord(message)["type"]));
}

const nonsense = (type: string) => new FrameError(`Not a control message of type ${type}`);
