import type { Session } from "@clauderon/protocol";
import { formatFields } from "../../output/model/table.ts";
import { phaseText } from "./sessionRow.ts";

/** Lines about the boundary of a session that has one. */
export interface BoundaryFields {
  readonly usage?: string | undefined;
  readonly refused?: string | undefined;
}

/** The details of a session for people; `ago` formats how long ago a time was. */
export function describeSession(
  session: Session,
  ago: (time: string) => string,
  boundary: BoundaryFields = {},
): string {
  const { name, spec, status } = session;
  const todo = adviceFor(session);
  return formatFields([
    ["Name", name],
    ["Phase", phaseText(status)],
    ["Message", status.message],
    ["Activity", activity(status, ago)],
    ["What to do", todo.length === 0 ? undefined : todo.join("\n")],
    ["Exit code", status.exitCode?.toString()],
    ["Turns", status.turns?.toString()],
    ["Last message", status.lastMessage],
    ["Backend", spec.backend],
    ["Pod", status.pod],
    ["Agent", spec.agent],
    ["Model", spec.model],
    ["Permission mode", spec.permissionMode],
    ["Access mode", spec.accessMode],
    ["Sandbox", spec.backend === "local" ? (spec.sandbox ? "bubblewrap" : "none") : undefined],
    [
      "Egress",
      spec.egress === undefined
        ? "Open (no boundary)"
        : `${spec.egress.mode} (${spec.backend === "local" ? "sandbox" : "pod"}, proxy${status.boundaryVerified === true ? ", verified" : ""})`,
    ],
    ["Refused", boundary.refused],
    ["Usage", boundary.usage],
    ["CPU limit", spec.cpuLimit],
    ["Memory limit", spec.memoryLimit],
    ["Image", spec.image],
    ["Environment", variablesText(spec)],
    ["Credentials", credentialsText(status)],
    ["Repository", spec.repository],
    ["Branch", spec.branch],
    ["Base commit", spec.baseCommit],
    ["Notices", status.notices?.join("\n")],
    ["Worktree", spec.worktree ? undefined : "none: the agent works in your checkout"],
    ["Working directory", status.workingDirectory],
    ["Conversation", status.conversationId],
    ["Created", `${session.createdTime} (${ago(session.createdTime)} ago)`],
    ["Id", session.uid],
  ]);
}

function variablesText({ environment = {} }: Session["spec"]): string | undefined {
  const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  return lines.length === 0 ? undefined : lines.join("\n");
}

function credentialsText({ credentials = [] }: Session["status"]): string | undefined {
  return credentials.length === 0 ? undefined : `${credentials.join(", ")} (readable by the agent)`;
}

function activity(status: Session["status"], ago: (time: string) => string): string {
  return status.activityTime === undefined ? status.activity : `${status.activity} for ${ago(status.activityTime)}`;
}

/** What the reader can do now: the backend's own advice first. */
export function adviceFor({ name, status }: Session): readonly string[] {
  const hint = status.hint === undefined ? [] : [status.hint];
  return [...hint, ...phaseAdvice(name, status), ...wayOut(name, status)];
}

/** Reasons that stay if a cluster is gone for good. */
const OUT_OF_REACH: ReadonlySet<string> = new Set([
  "ClusterUnavailable",
  "ClusterRefused",
  "ClusterMismatch",
  "ClusterUnknown",
  "OtherCluster",
  "KubeconfigInvalid",
]);

function wayOut(name: string, { phase, reason = "" }: Session["status"]): readonly string[] {
  if ((phase !== "Error" && phase !== "Deleting") || !OUT_OF_REACH.has(reason)) return [];
  return [`If its cluster is gone for good, run \`clauderon delete --orphan ${name}\` to delete the session here`];
}

function phaseAdvice(name: string, { phase, activity }: Session["status"]): readonly string[] {
  switch (phase) {
    case "Running":
      return activity === "WaitingForPermission" || activity === "WaitingForInput"
        ? [`Run \`clauderon attach ${name}\` to answer the agent`]
        : [];
    case "Archived":
      return [`Run \`clauderon unarchive ${name}\` to resume it`];
    case "Stopped":
    case "Missing":
      return [`Run \`clauderon recreate ${name}\` to continue its work`];
    case "Failed":
      return [`Run \`clauderon recreate ${name}\` to try again, or \`clauderon delete ${name}\` to delete it`];
    case "Pending":
    case "Deleting":
    case "Error":
      return [];
  }
  return [];
}
