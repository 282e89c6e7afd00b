import { Fault } from "@clauderon/base";
import { describe, expect, it } from "vitest";
import { DaemonInside } from "./daemonInside.ts";

const REFUSED = new Fault("AGENT_UNAVAILABLE", "The runner cannot be reached: connection refused");

/** How the first connection to a runner fails, and what the session shows then. */
const FAILURES = [
  ["is refused", () => Promise.reject(REFUSED), "AgentUnavailable", "connection refused"],
  ["never comes", () => new Promise<never>(() => undefined), "SessionNotRunning", "does not answer"],
] as const;

describe.each(FAILURES)("a first connection that %s", (_, fail, reason, message) => {
  it.each(["unarchive", "recreate", "create"] as const)("is shown and tried again: %s", async (command) => {
    const daemon = await new DaemonInside().start();
    const { repository } = daemon;
    if (command !== "create") await daemon.create("web", "kubernetes");
    if (command === "unarchive") {
      daemon.sessions.archive("web");
      await daemon.until("web", ({ status }) => status.phase === "Archived");
    }
    daemon.pods.nextConnect = fail;
    daemon.haste = 10;
    if (command === "create") {
      await daemon.sessions.create({ name: "web", repository, backend: "kubernetes", agent: "scripted" });
    } else daemon.sessions[command]("web");
    const seen = () => daemon.told.flatMap((event) => (event.type === "session" ? [event.session.status] : []));
    await daemon.until("web", ({ status }) => status.phase === "Running");
    expect(seen()).toContainEqual(
      expect.objectContaining({ phase: "Pending", reason, message: expect.stringContaining(message) as unknown }),
    );
  });
});
