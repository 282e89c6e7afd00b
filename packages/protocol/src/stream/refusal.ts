import { cleanText } from "@clauderon/base/clean-text";
import { Fault, type FaultCode, isFaultCode } from "@clauderon/base/fault";
import { MAX_TEXT } from "./limits.ts";
import type { Refusal } from "./messages.ts";

/** A Fault in the form in which it is sent. */
export function refusalOf({ code, message, hint }: Fault): Refusal {
  return { code, message: cut(message), ...(hint === undefined ? {} : { hint: cut(hint) }) };
}

/** The Fault in a refusal. An unknown code becomes `otherwise`. */
export function refusedFault({ code, message, hint }: Refusal, otherwise: FaultCode): Fault {
  const known = isFaultCode(code) ? code : otherwise;
  return new Fault(known, message, hint === undefined ? {} : { hint });
}

/**
 * The refusal in a value from the other side, without characters that a terminal acts on; undefined when there is none.
 * The other side may share a machine with a hostile agent.
 */
export function readRefusal(value: unknown): Refusal | undefined {
  const { code, message, hint } = asRecord(value);
  if (typeof code !== "string" || typeof message !== "string") return undefined;
  if (hint !== undefined && typeof hint !== "string") return undefined;
  return { code, message: clean(message), ...(hint === undefined ? {} : { hint: clean(hint) }) };
}

const cut = (text: string) => text.slice(0, MAX_TEXT);
const clean = (text: string) => cleanText(text, MAX_TEXT);

/** The members of an object; of any other value, no members. */
export const asRecord = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
