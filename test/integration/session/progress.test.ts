import { describe, expect, it, vi } from "vitest";
import { POLL, startCli } from "../cli/cliProcess.ts";
import { HEALTH, listenAsDaemon } from "./falseDaemon.ts";
import { SessionUser } from "./sessionUser.ts";

// Each step is a process of its own, and the machine may have others to run.
vi.setConfig({ testTimeout: 180_000 });

const PULLED = {
  ref: "refs/clauderon/sessions/web/work",
  commit: "c".repeat(40),
  branch: "clauderon/web",
  head: "c".repeat(40),
  changed: true,
  commits: 1,
  uncommitted: 0,
  notices: [],
};
const PUSHED = { commit: "c".repeat(40), ref: "refs/clauderon/incoming", forwarded: true, notices: [] };

/** A user whose daemon is at 40 % of a transfer, and answers when the test lets it continue. */
async function stage() {
  const user = new SessionUser();
  const gate = Promise.withResolvers<void>();
  const tells: ((event: object) => void)[] = [];
  await listenAsDaemon(user, (request, response) => {
    if (request.url === "/health") return response.end(JSON.stringify(HEALTH));
    const tell = (event: object) => response.write(`data: ${JSON.stringify(event)}\n\n`);
    if (request.url === "/api/events") {
      tells.push(tell);
      return tell({ type: "ready" });
    }
    for (const one of tells) {
      one({ type: "progress", name: "other", step: "Counting objects", percent: 10 });
      for (const percent of [40, 50]) one({ type: "progress", name: "web", step: "Receiving objects", percent });
    }
    return void gate.promise.then(() => response.end(JSON.stringify(request.url?.endsWith("pull") ? PULLED : PUSHED)));
  });
  return { user, goOn: () => gate.resolve(), listeners: tells };
}

describe("the progress of a transfer", () => {
  it.each(["pull", "push"])("is shown on a terminal while %s waits, and then cleared", async (command) => {
    const { user, goOn } = await stage();
    const window = user.window([command, "web"]);
    await expect.poll(() => window.screen, POLL).toBe("web: Receiving objects [##########..........] 50 %");
    goOn();
    await expect.poll(() => window.exitCode, POLL).toBe(0);
    expect(window.screen).toMatch(command === "pull" ? /^web: 1 commit/ : /^web is now at cccccccccccc/);
    expect(window.screen).not.toContain("Receiving");
  });

  it("is a line for each step elsewhere, and absent with JSON", async () => {
    const { user, goOn, listeners } = await stage();
    const pulling = startCli(["pull", "web"], user.options());
    await expect.poll(() => pulling.stderr(), POLL).toBe("web: Receiving objects\n");
    goOn();
    expect((await pulling.ended).stderr).toBe("web: Receiving objects\n");
    expect(listeners).toHaveLength(1);
    expect(await user.run(["push", "web", "--json"])).toMatchObject({ exitCode: 0, stderr: "" });
    expect(listeners).toHaveLength(1);
  });
});
