import { Fault } from "@clauderon/base/fault";
import type { Session } from "@clauderon/protocol";
import { isFaultCode } from "../../daemon/model/apiFault.ts";
import { adviceFor } from "./describeSession.ts";

/** Why a session is not what was wanted of it, with the code its reason names, if that is one. */
export function sessionFault(session: Session): Fault {
  const { phase, reason = "", message } = session.status;
  const why = [message ?? reason].filter(Boolean);
  const advice = adviceFor(session).join("; ");
  const options = advice === "" ? {} : { hint: advice };
  return new Fault(
    isFaultCode(reason) ? reason : "AGENT_FAILED",
    [`Session "${session.name}" is ${phase}`, ...why].join(": "),
    options,
  );
}
