import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { TerminalWindow } from "../session/terminalWindow.ts";
import { RUNNER } from "../../kit/programs.ts";
import { POLL, SessionProcess } from "./sessionProcess.ts";

const CTRL_P_CTRL_Q = "\u0010\u0011";

async function started() {
  const session = new SessionProcess();
  const client = await session.connect();
  await expect.poll(() => client.status?.activity, POLL).toBe("Idle");
  return { session, client };
}

const windowOf = ({ folder }: SessionProcess) =>
  new TerminalWindow(["sh", "-c", 'echo mine above; exec "$@"', "sh", process.execPath, RUNNER, "attach", folder], {
    cwd: "/",
    environment: { PATH: process.env["PATH"] ?? "" },
    cols: 90,
    rows: 20,
  });

describe("clauderon-runner attach", () => {
  it("shows the screen, types, follows the window's size, and leaves the session running", async () => {
    const { session, client } = await started();
    client.ask({ type: "prompt", id: 1, prompt: "say before" });
    await expect.poll(() => client.status?.turns, POLL).toBe(1);
    const window = windowOf(session);
    await expect.poll(() => window.screen, POLL).toContain("before");
    window.type("size\r");
    await expect.poll(() => window.screen, POLL).toContain("size 90x20");
    const watcher = client.attach({ mode: "watch" });
    window.resize(70, 15);
    await expect.poll(() => watcher.size, POLL).toBe("70x15");
    window.type("say typed\r");
    await expect.poll(() => window.screen, POLL).toContain("typed");
    window.type(CTRL_P_CTRL_Q);
    await expect.poll(() => window.exitCode, POLL).toBe(0);
    expect(window.screen).toMatch(/\ndetached; the session keeps running$/);
    expect(window.history).toContain("mine above");
    expect(session.exitCode).toBeNull();
  });

  it("only watches while another viewer types, rings the bell, and reports when the runner hangs up", async () => {
    const { session, client } = await started();
    const first = client.attach();
    await expect.poll(() => first.writer, POLL).toBe(true);
    const window = windowOf(session);
    client.ask({ type: "prompt", id: 1, prompt: "flood 2" });
    await expect.poll(() => window.screen, POLL).toContain("flood over");
    window.type("say dropped\r");
    await expect.poll(() => window.bells, POLL).toBeGreaterThan(0);
    session.signal("SIGTERM");
    await expect.poll(() => window.exitCode, POLL).toBeGreaterThan(0);
    expect(window.screen).toContain("error[AGENT_UNAVAILABLE]: The session's runner closed the connection");
    expect(first.text).not.toContain("dropped");
  });

  it("needs a terminal", async () => {
    const attached = promisify(execFile)(process.execPath, [RUNNER, "attach", "/nonexistent"]);
    await expect(attached).rejects.toThrow("error[USAGE]: attach needs a terminal");
  });
});
