import { Fault, isFaultCode } from "@clauderon/base/fault";
import type { ErrorBody } from "@clauderon/protocol";

/** The Fault in an answer of the daemon, with its code, message and hint; an Error (a bug) when the answer has none. */
export function apiFault(status: number, body: unknown): Error {
  if (!isErrorBody(body)) return new Error(`The daemon answered ${status} and ${JSON.stringify(body)?.slice(0, 200)}`);
  const { code, message, hint } = body.error;
  const options = hint === undefined ? {} : { hint };
  return isFaultCode(code)
    ? new Fault(code, message, options)
    : new Error([message, ...(hint ? [hint] : [])].join(". "));
}

function isErrorBody(body: unknown): body is ErrorBody {
  const { code, message, hint } = (body as Partial<ErrorBody> | null | undefined)?.error ?? {};
  return typeof code === "string" && typeof message === "string" && (hint === undefined || typeof hint === "string");
}
