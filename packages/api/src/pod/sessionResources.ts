import { Fault, quantityNanos } from "@clauderon/base";
import type { ResourceRequirements } from "kubernetes-types/core/v1.js";

/** The most a session may use, as Kubernetes quantities. */
export interface SessionLimits {
  readonly cpu: string;
  readonly memory: string;
}

const NANOS = 1_000_000_000n;
/** What the scheduler sets aside for a session that is given more: agents wait most of the time. */
const REQUESTS: SessionLimits = { cpu: "100m", memory: "256Mi" };
/** Less memory than this, and the kernel ends the agent before it says a word. */
const LEAST_MEMORY = "128Mi";

/**
 * Requests and limits of a session's container. The requests are small, so that many sessions share a node; a limit below
 * them is the request too.
 */
export function sessionResources(limits: SessionLimits): ResourceRequirements {
  return {
    requests: { cpu: smaller(limits.cpu, REQUESTS.cpu), memory: smaller(limits.memory, REQUESTS.memory) },
    limits: { cpu: limits.cpu, memory: limits.memory },
  };
}

/** SPEC_INVALID names a limit that Kubernetes would refuse, or take and mean something else by. */
export function checkSessionLimits({ cpu, memory }: Partial<SessionLimits>): void {
  if (cpu !== undefined) checkCpu(cpu);
  if (memory !== undefined) checkMemory(memory);
}

function checkCpu(cpu: string): void {
  const nanos = quantityNanos(cpu);
  if (nanos === undefined || nanos <= 0n) throw notA("CPU", cpu, "such as 4 or 500m");
  if (nanos % (NANOS / 1000n) !== 0n) {
    throw new Fault("SPEC_INVALID", `The CPU limit "${cpu}" is finer than a thousandth of a core`, {
      hint: "Use whole cores or thousandths, such as 4 or 500m",
    });
  }
}

function checkMemory(memory: string): void {
  const nanos = quantityNanos(memory);
  if (nanos === undefined || nanos <= 0n) throw notA("memory", memory, "such as 8Gi or 512Mi");
  if (nanos % NANOS !== 0n || memory.endsWith("m")) {
    const meant = /^\d+m$/.test(memory) ? `, for example ${memory.slice(0, -1)}Mi` : "";
    const why = 'the suffix "m" means thousandths';
    throw new Fault("SPEC_INVALID", `The memory limit "${memory}" is in thousandths of a byte: ${why}`, {
      hint: `Use Mi or Gi${meant}`,
    });
  }
  if (nanos < (quantityNanos(LEAST_MEMORY) ?? 0n)) {
    throw new Fault("SPEC_INVALID", `The memory limit "${memory}" is too small for any agent`, {
      hint: `Use at least ${LEAST_MEMORY}, for example 4Gi`,
    });
  }
}

function notA(what: string, text: string, examples: string): Fault {
  return new Fault("SPEC_INVALID", `The ${what} limit "${text}" is not a Kubernetes quantity above zero`, {
    hint: `Use a number with a unit, ${examples}`,
  });
}

function smaller(limit: string, request: string): string {
  return (quantityNanos(limit) ?? 0n) < (quantityNanos(request) ?? 0n) ? limit : request;
}
