import { describe, expect, it, vi } from "vitest";
import { POLL } from "../cli/cliProcess.ts";
import { HEALTH, listenAsDaemon } from "./falseDaemon.ts";
import { CLAUDERON, fixtureAgent } from "../../kit/programs.ts";
import { SessionUser } from "./sessionUser.ts";
import { TerminalWindow } from "./terminalWindow.ts";

const [CTRL_C, CTRL_P, CTRL_Q] = ["\u0003", "\u0010", "\u0011"];

// Each step is a process of its own, and the machine may have others to run.
vi.setConfig({ testTimeout: 180_000 });

const PENDING = {
  name: "web",
  createdTime: "2026-01-02T03:04:05.000Z",
  status: { phase: "Pending", activity: "Unknown" },
};

describe("create", () => {
  it("shows the session on a terminal until the user detaches", async () => {
    const user = new SessionUser();
    const window = user.window(["create", "--name", "web", "--prompt", "say good morning"]);
    await expect.poll(() => window.title, POLL).toBe("web: ctrl-p ctrl-q to detach");
    await expect.poll(() => window.screen, POLL).toContain("good morning");
    window.type("say typed here\r");
    await expect.poll(() => window.screen, POLL).toContain("typed here");
    window.type(CTRL_P);
    window.type(CTRL_Q);
    await expect.poll(() => window.exitCode, POLL).toBe(0);
    expect((await user.show("web")).status.phase).toBe("Running");
  });

  it("warns about the credentials that the agent can read, by name only", async () => {
    const user = new SessionUser({ ANTHROPIC_API_KEY: "of-another-agent" });
    const create = ["create", "--detach", "--name"];
    expect((await user.run([...create, "before"])).stderr).not.toContain("can read");
    await user.run(["credentials", "set", "DEMO_TOKEN"], { stdin: "sesame" });
    const { stdout, stderr } = await user.run([...create, "web", "--json"]);
    expect(stderr).toMatch(/^note: The agent and the commands it runs can read DEMO_TOKEN$/m);
    expect(stdout + stderr + (await user.ok("show", "web"))).not.toContain("sesame");
    expect(JSON.parse(stdout)).toMatchObject({ status: { credentials: ["DEMO_TOKEN"] } });
  });

  it("prints the names as a background job of a shell, and is not stopped", async () => {
    const user = new SessionUser();
    const window = new TerminalWindow(["bash", "--norc", "-i"], {
      cwd: user.repository,
      environment: { ...user.environment, CLAUDERON: `${process.execPath} ${CLAUDERON}` },
    });
    window.type('for i in 1 2 3; do $CLAUDERON create --name "web-$i" --prompt "say hello" & done; wait\r');
    for (const name of ["web-1", "web-2", "web-3"]) {
      await expect.poll(() => window.received, { timeout: 100_000 }).toContain(`${name}\r\n`);
    }
    window.type("jobs -s; echo $((6 * 7)) jobs told\r");
    await expect.poll(() => window.received, POLL).toContain("42 jobs told");
    expect(window.received).not.toContain("Stopped");
  });

  it("reports what of the checkout is left out, when the session runs and later", async () => {
    const user = new SessionUser();
    user.git("init", "--quiet", "begun");
    const [told, window] = ['"begun" is a separate repository and is not copied', user.window(["create", "-d"])];
    await expect.poll(() => window.exitCode, POLL).toBe(0);
    expect(window.history).toMatch(new RegExp(`^note: ${told}$`, "m"));
    const [name = ""] = await user.names();
    expect(await user.ok("show", name)).toContain(told);
  });

  it.each([
    [
      "is missing",
      "/nonexistent/agent",
      6,
      /^error\[AGENT_UNAVAILABLE\]: The agent of session "web" failed: .*\/nonexistent\/agent/m,
    ],
    [
      "ends at once",
      fixtureAgent("exitOne"),
      7,
      /^error\[AGENT_FAILED\]: The agent of session "web" ended with exit code 1, 3 times/m,
    ],
  ])("reports an agent that %s, and keeps the session", async (_, agent, exitCode, message) => {
    const user = new SessionUser({ CLAUDERON_AGENT_COMMAND: agent });
    const created = await user.run(["create", "--name", "web", "--detach"]);
    expect(created).toMatchObject({ exitCode, stdout: "", stderr: expect.stringMatching(message) as unknown });
    expect(created.stderr).toContain("clauderon recreate web");
    expect((await user.show("web")).status).toMatchObject({ phase: "Running", activity: "Failed" });
    expect(await user.run(["recreate", "web"])).toMatchObject({ exitCode, stdout: "" });
    await user.run(["archive", "web"]);
    expect(await user.run(["unarchive", "web"])).toMatchObject({ exitCode, stdout: "" });
    expect(await user.run(["create", "--name", "printed", "--prompt", "say hi", "--print"])).toMatchObject({
      exitCode,
    });
  });

  it("reports an agent that is missing on a terminal too, and attaches to nothing", async () => {
    const user = new SessionUser({ CLAUDERON_AGENT_COMMAND: "/nonexistent/agent" });
    const window = user.window(["create", "--name", "web"]);
    await expect.poll(() => window.exitCode, POLL).toBe(6);
    expect(window.screen).toContain('error[AGENT_UNAVAILABLE]: The agent of session "web" failed');
  });

  it("leaves the session as it is when Ctrl-C ends the wait for it, and says how to continue", async () => {
    const user = new SessionUser();
    await listenAsDaemon(user, (request, response) => {
      if (request.url === "/health") return response.end(JSON.stringify(HEALTH));
      if (request.method === "POST") return response.writeHead(201).end(JSON.stringify(PENDING));
      const events = [
        { type: "session", session: PENDING },
        { type: "ready" },
        { type: "progress", name: "web", step: "Pulling the image", percent: 40 },
      ];
      return response.write(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""));
    });
    const window = user.window(["create", "--name", "web"]);
    await expect.poll(() => window.screen, POLL).toContain("web: Pulling the image [########............] 40 %");
    window.type(CTRL_C);
    await expect.poll(() => window.exitCode, POLL).toBe(130);
    expect(window.screen).toMatch(/note: Session "web" keeps running\. Run `clauderon attach web` to attach$/);
    expect(window.screen).not.toContain("Pulling");
  });

  it("says that the session may exist when the daemon dies before it answers", async () => {
    const user = new SessionUser();
    await listenAsDaemon(user, (request, response) => {
      if (request.url === "/health") response.end(JSON.stringify(HEALTH));
      else request.socket.destroy();
    });
    const ended = await user.run(["create", "--name", "web"]);
    expect(ended.exitCode).toBe(4);
    expect(ended.stderr).toMatch(/^error\[DAEMON_UNAVAILABLE\]: .*; the session may have been created anyway\n/);
    expect(ended.stderr).toContain("hint: Run `clauderon show web` to check before you create it again\n");
  });
});
