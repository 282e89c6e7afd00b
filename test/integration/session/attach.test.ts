import { execFileSync } from "node:child_process";
import { readlinkSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { POLL } from "../cli/cliProcess.ts";
import { numbersOf } from "./numberedLines.ts";
import { SessionUser } from "./sessionUser.ts";

const [CTRL_C, CTRL_P, CTRL_Q] = ["\u0003", "\u0010", "\u0011"];

// Each step is a process of its own, and the machine may have others to run.
vi.setConfig({ testTimeout: 180_000 });

async function userWithSession(): Promise<SessionUser> {
  const user = new SessionUser();
  expect(await user.ok("create", "--name", "web")).toBe("web");
  return user;
}

describe("attach", () => {
  it("draws the screen immediately, types, and leaves the session running on the detach keys", async () => {
    const user = await userWithSession();
    await user.ok("send", "web", "say before you came");
    const window = user.window(["attach", "web"]);
    await expect.poll(() => window.screen, POLL).toContain("before you came");
    await expect.poll(() => window.title, POLL).toBe("web: ctrl-p ctrl-q to detach");
    expect(window.screen).not.toContain("note: Attached"); // it is above, where the screen was
    expect(window.history).toContain("note: Attached to web. Press ctrl-p ctrl-q to detach");

    window.type("say typed here\r");
    await expect.poll(() => window.screen, POLL).toContain("typed here");
    window.type("size\r");
    await expect.poll(() => window.screen, POLL).toContain("size 100x30");
    window.resize(90, 20);
    const askAgain = () => {
      window.type("size\r");
      return window.screen;
    };
    await expect.poll(askAgain, { ...POLL, interval: 200 }).toContain("size 90x20");

    window.type(CTRL_P);
    window.type(CTRL_Q);
    await expect.poll(() => window.exitCode, POLL).toBe(0);
    expect(window.screen).toMatch(
      /note: Detached from web, which keeps running\. Run `clauderon attach web` to attach again$/,
    );
    expect(window.modes.bracketedPasteMode).toBe(false);
    expect((await user.show("web")).status.phase).toBe("Running");
  });

  it("continues after the daemon was killed, with no byte missing or doubled, and shows that it reconnects", async () => {
    const user = await userWithSession();
    const window = user.window(["attach", "web"]);
    await expect.poll(() => window.title, POLL).toContain("to detach");
    const daemon = await user.daemonPid();
    window.type("flood 4\r");
    await expect.poll(() => window.received, POLL).toContain("000100");
    process.kill(daemon, "SIGKILL");
    await expect.poll(() => window.title, POLL).toContain("connection lost");
    window.type("x");
    await expect.poll(() => window.bells, POLL).toBe(1);
    await expect.poll(() => window.screen, { timeout: 60_000 }).toContain("flood over");
    await expect.poll(() => window.title, POLL).toBe("web: ctrl-p ctrl-q to detach");
    expect(numbersOf(window)).toEqual(Array.from({ length: 65_536 }, (_, index) => index));

    window.type("say still here\r");
    await expect.poll(() => window.screen, POLL).toContain("still here");
  });

  it("lets several viewers watch and one write, until another takes over", async () => {
    const user = await userWithSession();
    const first = user.window(["attach", "web"]);
    await expect.poll(() => first.title, POLL).toBe("web: ctrl-p ctrl-q to detach");
    const second = user.window(["attach", "web"], { cols: 80, rows: 24 });
    await expect.poll(() => second.title, POLL).toContain("another viewer types");
    second.type("say not heard\r");
    await expect.poll(() => second.bells, POLL).toBeGreaterThan(0);
    const third = user.window(["attach", "--watch", "web"]);
    await expect.poll(() => third.title, POLL).toContain("watching");

    first.type("say to all\r");
    for (const window of [first, second, third]) await expect.poll(() => window.screen, POLL).toContain("to all");
    expect(first.history).not.toContain("not heard");

    const fourth = user.window(["attach", "--take-over", "web"], { cols: 70, rows: 20 });
    await expect.poll(() => fourth.title, POLL).toBe("web: ctrl-p ctrl-q to detach");
    await expect.poll(() => first.title, POLL).toContain("another viewer types");
    fourth.type("size\r");
    await expect.poll(() => third.history, POLL).toContain("size 70x20");

    // Who leaves hands it back: the title says so.
    fourth.type(CTRL_P);
    fourth.type(CTRL_Q);
    await expect.poll(() => first.title, POLL).toBe("web: ctrl-p ctrl-q to detach");
    first.type("size\r");
    await expect.poll(() => third.history, POLL).toContain("size 100x30");

    third.type(CTRL_C);
    await expect.poll(() => third.exitCode, POLL).toBe(0);
  });

  it("keeps sequences with effects beyond the screen from the terminal", async () => {
    const user = await userWithSession();
    const window = user.window(["attach", "web"]);
    await expect.poll(() => window.title, POLL).toContain("to detach");
    const hostile = [
      "\u001b]52;c;aGk=\u0007", // the clipboard
      "\u001b]0;owned\u0007", // the title
      "\u001b[c\u001b[6n\u001b[?2026$p", // queries, whose answers would be typed
      "\u001bc\u001b[3J", // what was there before the session
    ].join("");
    await user.ok("send", "web", `raw ${Buffer.from(`begin${hostile}the end\r\n`).toString("base64")}`);
    await expect.poll(() => window.screen, POLL).toContain("the end");
    expect(window.received).not.toContain("52;c");
    expect(window.title).toBe("web: ctrl-p ctrl-q to detach");
    expect(window.answers).toBe("");
    expect(window.history).toContain("note: Attached");
    // Nor does anything of it come with the whole screen.
    const again = user.window(["attach", "--watch", "web"]);
    await expect.poll(() => again.title, POLL).toContain("watching");
    await expect.poll(() => again.screen, POLL).toContain("the end");
    expect(again.answers).toBe("");
  });

  it.each(["SIGTERM", "SIGHUP"] as const)("restores the terminal when %s ends it", async (signal) => {
    const user = await userWithSession();
    const window = user.window(["attach", "web"]);
    await expect.poll(() => window.title, POLL).toContain("to detach");
    process.kill(window.pid, signal);
    await expect.poll(() => window.exitCode, POLL).toBeDefined();
    expect(window.modes.bracketedPasteMode).toBe(false);
    expect((await user.show("web")).status.phase).toBe("Running");
  });

  it("sets the terminal up again after a shell has used it", async () => {
    const user = await userWithSession();
    const window = user.window(["attach", "web"]);
    await expect.poll(() => window.title, POLL).toContain("to detach");
    const terminal = readlinkSync(`/proc/${window.pid}/fd/0`);
    const mode = () => execFileSync("stty", ["--file", terminal, "--all"], { encoding: "utf8" });
    expect(mode()).toContain("-icanon");
    process.kill(window.pid, "SIGSTOP");
    execFileSync("stty", ["--file", terminal, "sane"]);
    expect(mode()).not.toContain("-icanon");
    process.kill(window.pid, "SIGCONT");
    await expect.poll(mode, POLL).toContain("-icanon");
    window.type("say still typed\r");
    await expect.poll(() => window.screen, POLL).toContain("still typed");
  });

  it("ends with a message when the session is deleted", async () => {
    const user = await userWithSession();
    const window = user.window(["attach", "web"]);
    await expect.poll(() => window.title, POLL).toContain("to detach");
    await user.ok("delete", "web");
    await expect.poll(() => window.exitCode, POLL).toBe(0);
    expect(window.screen).toMatch(/note: Session "web" was deleted$/);
  });

  it("needs a terminal, and names commands that do not", async () => {
    const user = new SessionUser();
    expect((await user.run(["attach", "web"])).stderr).toBe(
      "error[USAGE]: attach needs a terminal\n" +
        "hint: Run `clauderon logs --follow web` to see its output, or `clauderon send web PROMPT` to send a prompt\n",
    );
  });
});
