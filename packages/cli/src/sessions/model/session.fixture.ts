import type { Session } from "@clauderon/protocol";

/** A session for tests: local, running, idle, with the given changes. */
export function exampleSession(status: Partial<Session["status"]> = {}, spec: Partial<Session["spec"]> = {}): Session {
  return {
    name: "web",
    uid: "6f6a1c3e-3c4e-4d4e-9a0e-0d6c6f0f7a11",
    createdTime: "2026-01-02T03:04:05.000Z",
    spec: {
      backend: "local",
      agent: "claude-code",
      repository: "/home/u/web",
      branch: "clauderon/web",
      baseCommit: "0123456789012345678901234567890123456789",
      worktree: true,
      sandbox: false,
      permissionMode: "default",
      accessMode: "ReadWrite",
      ...spec,
    },
    status: { phase: "Running", activity: "Idle", ...status },
  };
}
