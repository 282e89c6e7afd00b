import { quantityNanos } from "@clauderon/base";

const NANO = 1_000_000_000n;
const MEBIBYTE = 1_048_576n;

/** Less memory, or more cores, than this must be a mistake. */
const LEAST_BYTES = 4n * MEBIBYTE;
const MOST_CORES = 1_024n;

const EXAMPLES = { cpu: "4 or 500m", memory: "8Gi or 512Mi", storage: "10Gi" } as const;

/** What a quantity limits. */
export type Limited = keyof typeof EXAMPLES;

/**
 * Why a Kubernetes quantity cannot be a limit of that kind, as words that follow its name; undefined for one that can.
 * Beyond what the API server refuses, it finds obvious mistakes: `512m` of memory is half a byte, to Kubernetes too.
 */
export function limitProblem(limited: Limited, text: string): string | undefined {
  const nanos = quantityNanos(text);
  if (nanos === undefined)
    return `must be a Kubernetes quantity such as ${EXAMPLES[limited]}, not ${JSON.stringify(text)}`;
  if (nanos <= 0n) return `must be more than zero, not ${text}`;
  return limited === "cpu" ? cpuProblem(text, nanos) : bytesProblem(text, nanos);
}

function cpuProblem(text: string, nanos: bigint): string | undefined {
  if (nanos < NANO / 1_000n) return `cannot be ${text}: the smallest share of a core is 1m`;
  if (nanos > MOST_CORES * NANO)
    return `cannot be ${text}, which is ${nanos / NANO} cores; two cores are "2", half a core "500m"`;
  return undefined;
}

function bytesProblem(text: string, nanos: bigint): string | undefined {
  if (nanos >= LEAST_BYTES * NANO) return undefined;
  const [, number = ""] = /^\+?([\d.]+)/.exec(text) ?? [];
  if (text.endsWith("m")) return `cannot be ${text}: "m" means thousandths, of a byte; did you mean ${number}Mi?`;
  const unit = /[kK]i?$/.test(text) ? "Mi" : /Mi?$/.test(text) ? "Gi" : Number(number) < 64 ? "Gi" : "Mi";
  return `cannot be ${text}, which is ${nanos / NANO} bytes; did you mean ${number}${unit}?`;
}
