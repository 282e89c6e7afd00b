import { sha256Hex } from "@clauderon/base";

/** What every placeholder holds, whatever service it looks like, so that a misplaced one is recognised. */
const MARK = "clauderon";
const MARKED_DIGITS = 24;
const PLACEHOLDER = /clauderon[0-9a-f]{24}/i;

/** How a service's own credentials look, so that its programs accept the placeholder. */
export interface PlaceholderForm {
  readonly prefix: string;
  /** Characters after the prefix; at least 33, which the mark and its digits need. */
  readonly length: number;
  readonly suffix?: string;
}

/**
 * What stands for a credential in the agent's environment. It is distinct for each principal and credential and the same
 * each time, so that nobody has to store it; it is worth nothing to those who guess it, because the proxy swaps it for
 * that principal only.
 */
export function placeholderFor(form: PlaceholderForm, principal: string, credential: string): string {
  const digits = sha256Hex(`clauderon placeholder\n${principal}\n${credential}`);
  const body = `${MARK}${digits}`.slice(0, Math.max(form.length, MARK.length + MARKED_DIGITS));
  return `${form.prefix}${body.padEnd(form.length, "0")}${form.suffix ?? ""}`;
}

/** True when a text holds a placeholder of any principal. */
export function holdsPlaceholder(text: string): boolean {
  return PLACEHOLDER.test(text);
}
