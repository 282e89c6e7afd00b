import { messageOf } from "@clauderon/base/fault";

/** What is told about something thrown that nobody expected, in the form of every other error; its stack only on demand. */
export function bugText(thrown: unknown, withStack: boolean): string {
  if (withStack && thrown instanceof Error && thrown.stack !== undefined) {
    return `error[BUG]: ${thrown.stack}\nhint: Please report this, with what you did`;
  }
  return `error[BUG]: ${messageOf(thrown)}\nhint: This is a mistake of clauderon, not yours; CLAUDERON_DEBUG=1 shows where, for a report`;
}
