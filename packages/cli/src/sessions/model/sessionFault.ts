import { Fault } from "@clauderon/base/fault";
import type { Session } from "@clauderon/protocol";
import { isFaultCode, printedFault } from "../../daemon/model/apiFault.ts";
import { adviceFor } from "./describeSession.ts";

/** Why a session does not have the wanted state, with the code that its reason names, if it names one. */
export function sessionFault(session: Session): Fault {
  const { phase, activity, reason = "", message, hint } = session.status;
  if (reason === "TurnFailed") {
    const again = hint === undefined ? {} : { hint };
    return new Fault("AGENT_FAILED", `The turn of session "${session.name}" failed: ${message ?? ""}`, again);
  }
  if (phase === "Running" && activity === "Failed") return agentFault(session.name, message);
  const why = [message ?? reason].filter(Boolean);
  const advice = adviceFor(session).join(". ");
  const options = advice === "" ? {} : { hint: advice };
  const code = codeOf(reason);
  return new Fault(
    isFaultCode(code) ? code : "AGENT_FAILED",
    [`Session "${session.name}" is ${phase}`, ...why].join(": "),
    options,
  );
}

/** The daemon shows a code as a reason in CamelCase: `ClusterUnavailable` for `CLUSTER_UNAVAILABLE`. */
const codeOf = (reason: string): string => reason.replace(/\B[A-Z]/g, "_$&").toUpperCase();

/** The session runs, but its agent does not. The runner's message may contain a Fault of its own. */
function agentFault(name: string, message = ""): Fault {
  const printed = printedFault(message);
  const why = printed?.message ?? message.replace(/^The agent ended/, "ended");
  const again = `Run \`clauderon logs ${name}\` to see its output, or \`clauderon recreate ${name}\` to start it again`;
  return new Fault(
    printed?.code ?? "AGENT_FAILED",
    why.startsWith("ended")
      ? `The agent of session "${name}" ${why}`
      : [`The agent of session "${name}" failed`, ...(why === "" ? [] : [why])].join(": "),
    { hint: [...(printed?.hint === undefined ? [] : [printed.hint]), again].join(". ") },
  );
}
