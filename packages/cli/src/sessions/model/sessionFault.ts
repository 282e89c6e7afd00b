import { Fault, isFaultCode } from "@clauderon/base/fault";
import type { Session } from "@clauderon/protocol";
import { adviceFor } from "./describeSession.ts";
import { codeOf, isWithoutAgent } from "./sessionTrouble.ts";

/** Why a session does not have the wanted state, with the code that its reason names, if it names one. */
export function sessionFault(session: Session): Fault {
  const { name, status } = session;
  const { phase, activity, reason = "", message = "", hint } = status;
  const named = codeOf(reason);
  const code = isFaultCode(named) ? named : "AGENT_FAILED";
  if (isWithoutAgent(session) || (phase === "Running" && activity === "Failed")) {
    return new Fault(code, agentFailure(session), hint === undefined ? {} : { hint });
  }
  const why = [message === "" ? reason : message].filter(Boolean);
  const advice = adviceFor(session).join(". ");
  return new Fault(code, [`Session "${name}" is ${phase}`, ...why].join(": "), advice === "" ? {} : { hint: advice });
}

/** The session runs, but its agent does not, or has given up its turn. */
function agentFailure({ name, status: { reason, message = "" } }: Session): string {
  if (reason === "TurnFailed") return `The turn of session "${name}" failed: ${message}`;
  const [, ended] = /^The agent ((?:has )?ended.*)$/s.exec(message) ?? [];
  if (ended !== undefined) return `The agent of session "${name}" ${ended}`;
  return [`The agent of session "${name}" failed`, ...(message === "" ? [] : [message])].join(": ");
}
