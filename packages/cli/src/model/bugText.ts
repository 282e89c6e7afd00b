import { messageOf } from "@clauderon/base/fault";

/** The text for an unexpected error, in the form of every other error; with its stack only when asked. */
export function bugText(thrown: unknown, withStack: boolean): string {
  if (withStack && thrown instanceof Error && thrown.stack !== undefined) {
    return `error[BUG]: ${thrown.stack}\nhint: Please report this bug, and describe what you did`;
  }
  return `error[BUG]: ${messageOf(thrown)}\nhint: This is a bug in clauderon. Run the command again with CLAUDERON_DEBUG=1 and report the stack trace`;
}
