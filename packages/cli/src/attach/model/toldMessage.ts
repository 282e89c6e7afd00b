import type { RunnerMessage } from "@clauderon/protocol";
import { cleanText } from "@clauderon/base/clean-text";
import { FrameError } from "@clauderon/protocol/wire";

/** What a runner tells on a channel of ours. */
export type ToldMessage = Extract<RunnerMessage, { type: "attached" | "terminal" | "exit" | "error" }>;

/**
 * Reads what a runner tells; undefined when it is nothing that a command acts on, and a FrameError when it is nonsense. A
 * runner sits beside an agent, which may be hostile: what is used of a message is checked, by hand because the schemas are
 * too slow to load for a command, and its words have nothing that a terminal acts on.
 */
export function readTold(text: string): ToldMessage | undefined {
  const message = parse(text);
  const { type, writer, exitCode, code, message: words } = message;
  if (type === "attached" || type === "terminal") return check(message, typeof writer === "boolean");
  if (type === "exit") return check(message, isExitCode(exitCode));
  if (type === "error") {
    if (typeof code !== "string" || typeof words !== "string") throw nonsense(type);
    return { type, code, message: cleanText(words, MAX_ERROR) };
  }
  return undefined;
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch {
    // The same nonsense.
  }
  throw new FrameError("Not a control message");
}

const MAX_ERROR = 4_096;

const isExitCode = (value: unknown): boolean =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 255;

function check(message: Readonly<Record<string, unknown>>, isRight: boolean): ToldMessage {
  if (!isRight) throw nonsense(String(message.type));
  return message as ToldMessage;
}

const nonsense = (type: string) => new FrameError(`Not a control message of type ${type}`);
