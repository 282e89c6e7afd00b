import { Fault, type FaultCode, FAULTS } from "@clauderon/base/fault";
import type { ApiError } from "@clauderon/protocol";

/** The Fault in an answer of the daemon, with its code, message and hint; an Error (a bug) when the answer has none. */
export function apiFault(status: number, body: unknown): Error {
  if (!isApiError(body)) return new Error(`The daemon answered ${status} and ${JSON.stringify(body)?.slice(0, 200)}`);
  const { code, message, hint } = body.error;
  const options = hint === undefined ? {} : { hint };
  return isFaultCode(code)
    ? new Fault(code, message, options)
    : new Error([message, ...(hint ? [hint] : [])].join(". "));
}

function isApiError(body: unknown): body is ApiError {
  const { code, message, hint } = (body as Partial<ApiError> | null | undefined)?.error ?? {};
  return typeof code === "string" && typeof message === "string" && (hint === undefined || typeof hint === "string");
}

/**
 * The Fault that one of our programs printed when it ended, `error[CODE]: …` and `hint: …`; undefined when there is
 * none.
 */
export function printedFault(text: string): Fault | undefined {
  const [, code = "", message = "", hint] = /^error\[(\w+)\]: ([^\n]*)(?:\nhint: ([^\n]*))?/m.exec(text) ?? [];
  return isFaultCode(code) ? new Fault(code, message, hint === undefined ? {} : { hint }) : undefined;
}

export function isFaultCode(code: string): code is FaultCode {
  return Object.hasOwn(FAULTS, code);
}
