import { Fault } from "@clauderon/base";
import type { Session } from "@clauderon/protocol";

interface UnreadableRow {
  readonly name: string;
  readonly problem: string;
}

const messageOf = ({ problem }: UnreadableRow) => `The registry's row of this session is invalid: ${problem}`;
const hintOf = ({ name }: UnreadableRow) =>
  `Fix it in sessions.db, or remove only the row: clauderon delete --discard-work ${name}`;

/** Why the daemon can do nothing with a session whose row it cannot read. */
export const unreadableFault = (row: UnreadableRow): Fault =>
  new Fault("REGISTRY_UNREADABLE", messageOf(row), { hint: hintOf(row) });

/** What the API returns for a session whose row cannot be read: its name and the problem. */
export function unreadableSession(row: UnreadableRow): Session {
  return {
    name: row.name,
    uid: "00000000-0000-4000-8000-000000000000",
    createdTime: "1970-01-01T00:00:00Z",
    spec: {
      backend: "local",
      agent: "claude-code",
      repository: "/",
      branch: "",
      baseCommit: "",
      worktree: true,
      sandbox: false,
      permissionMode: "default",
      accessMode: "ReadWrite",
    },
    status: {
      phase: "Error",
      reason: "RegistryRowUnreadable",
      message: messageOf(row),
      hint: hintOf(row),
      activity: "Unknown",
    },
  };
}
