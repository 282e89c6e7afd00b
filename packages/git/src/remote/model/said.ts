import { Fault, type FaultCode, FAULTS } from "@clauderon/base/fault";

const MAX_TEXT = 2_048;

/**
 * A failure as the daemon or a session's runner tells it, in JSON: `{error: {code, message, hint}}`, `{code, message}` or
 * `{reason}`. Nobody vouches for it: control characters are taken out, the length is bounded, a code that we do not know
 * becomes `otherwise`. Undefined when it tells nothing.
 */
export function readFailure(text: string, otherwise: FaultCode): Fault | undefined {
  const told = asRecord(parseJson(text));
  const { code, message, reason, hint } = asRecord(told["error"] ?? told);
  const said = clean(message ?? reason);
  if (said === undefined) return undefined;
  // Faults of a session's runner come as the text that the command line prints.
  const [, saidCode, saidMessage = said, saidHint] = /^error\[([A-Z_]+)\]: (.*?)(?:\nhint: (.*))?$/s.exec(said) ?? [];
  const known = code ?? saidCode;
  const ours = typeof known === "string" && Object.hasOwn(FAULTS, known) ? (known as FaultCode) : otherwise;
  const advice = clean(hint) ?? saidHint;
  return new Fault(ours, saidMessage, advice === undefined ? {} : { hint: advice });
}

function clean(text: unknown): string | undefined {
  if (typeof text !== "string" || text.trim() === "") return undefined;
  return text
    .slice(0, MAX_TEXT)
    .replace(/[^\P{C}\n]/gu, "")
    .trimEnd();
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
