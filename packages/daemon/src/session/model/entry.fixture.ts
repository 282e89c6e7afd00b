import type { Entry } from "../../registry/model/entry.ts";

/** An entry for tests: captured, wanted Running, not started. */
export function exampleEntry(change: Partial<Entry> = {}): Entry {
  return {
    record: {
      name: "web",
      uid: "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
      createdTime: "2026-01-02T03:04:05.000Z",
      spec: {
        backend: "local",
        agent: "claude-code",
        repository: "/home/ada/project",
        branch: "clauderon/web",
        baseCommit: "a".repeat(40),
        worktree: true,
        sandbox: false,
        permissionMode: "default",
        accessMode: "ReadWrite",
      },
      commit: "b".repeat(40),
    },
    wanted: "Running",
    started: false,
    restart: false,
    discardWork: false,
    failure: undefined,
    rescuedRef: undefined,
    saved: false,
    credentials: [],
    notices: [],
    fetchedBytes: 0,
    ...change,
  };
}
