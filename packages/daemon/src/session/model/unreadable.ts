import type { Session } from "@clauderon/protocol";

/** A session whose row makes no sense, as far as it can be told: its name, and what is wrong. */
export function unreadableSession({ name, problem }: { readonly name: string; readonly problem: string }): Session {
  return {
    name,
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
      message: `The registry's row of this session makes no sense: ${problem}`,
      hint: "Mend it in sessions.db, or drop it with what it knew: clauderon delete --discard-work",
      activity: "Unknown",
    },
  };
}
