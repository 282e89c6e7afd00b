import { existsSync } from "node:fs";
import { Fault, type FaultCode } from "@clauderon/base/fault";

/** Why a program did not start. Node reports a missing folder in the same way as a missing program. */
export function startFault(command: string, cwd: string, cause: Error, code: FaultCode = "AGENT_UNAVAILABLE"): Fault {
  if (!existsSync(cwd)) {
    return new Fault(code, `The folder ${cwd} no longer exists`, { cause, hint: "Restore it at that path" });
  }
  return new Fault(code, `Cannot start ${command} in ${cwd}: ${cause.message}`, {
    cause,
    hint: `Install ${command} or put it on the PATH`,
  });
}
