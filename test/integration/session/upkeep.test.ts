import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import type { DaemonEvent } from "@clauderon/protocol";
import { describe, expect, it, vi } from "vitest";
import { POLL, startCli } from "../cli/cliProcess.ts";
import { HEALTH, listenAsDaemon } from "./falseDaemon.ts";
import { SessionUser } from "./sessionUser.ts";

const CTRL_C = "\u0003";

// Each step is a process of its own, and the machine may have others to run.
vi.setConfig({ testTimeout: 180_000 });

describe("list --watch", () => {
  it("draws the table at every change, and prints events as JSON, until it is stopped", async () => {
    const user = new SessionUser();
    await user.ok("create", "--name", "web");
    const window = user.window(["list", "--watch"]);
    await expect.poll(() => window.screen, POLL).toMatch(/^NAME[^]*\nweb +local +scripted +Running/);
    const follower = startCli(["list", "--watch", "--json"], user.options());
    const events = () =>
      follower
        .stdout()
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line) as DaemonEvent);
    await expect.poll(events, POLL).toContainEqual({ type: "ready" });

    await user.ok("archive", "web");
    await expect.poll(() => window.screen, POLL).toMatch(/\nweb +local +scripted +Archived/);
    await user.ok("delete", "web");
    await expect.poll(() => window.screen, POLL).toMatch(/^No sessions\./);
    await expect.poll(events, POLL).toContainEqual(expect.objectContaining({ type: "deleted", name: "web" }));
    window.type(CTRL_C);
    await expect.poll(() => window.exitCode, POLL).toBe(130);
    follower.signal("SIGTERM");
    expect((await follower.ended).exitCode).toBe(143);
  });
});

describe("delete", () => {
  it("keeps work that exists nowhere else, unless --discard-work is given", async () => {
    const user = new SessionUser();
    for (const name of ["kept", "gone"]) {
      await user.ok("create", "--name", name);
      writeFileSync(`${user.clauderonHome}/sessions/${name}/work/precious`, "work\n");
    }
    expect(await user.ok("delete", "kept")).toBe(
      "kept deleted\nSaved its work as refs/clauderon/rescued/kept. Run `git log refs/clauderon/rescued/kept` to see it, or `git switch -c BRANCH refs/clauderon/rescued/kept` to continue it",
    );
    expect(user.git("show", "refs/clauderon/rescued/kept:precious")).toBe("work");
    expect(await user.ok("delete", "--discard-work", "gone")).toBe("gone deleted");
    expect(user.git("for-each-ref", "--format=%(refname)", "refs/clauderon", "refs/heads/clauderon")).toBe(
      "refs/clauderon/rescued/kept",
    );
  });
});

describe("reconcile", () => {
  it("names what belongs to no session, and deletes it only with --prune", async () => {
    const user = new SessionUser();
    await user.ok("create", "--name", "web");
    const lost = `${user.clauderonHome}/sessions/lost`;
    mkdirSync(`${lost}/work`, { recursive: true });
    expect(await user.ok("reconcile")).toBe(
      "orphan: folder lost\nRun `clauderon reconcile --prune` to delete the orphans",
    );
    expect(existsSync(lost)).toBe(true);
    expect(await user.ok("reconcile", "--prune")).toBe("deleted: folder lost");
    expect(existsSync(lost)).toBe(false);
    expect(await user.ok("reconcile")).toBe("All sessions are consistent. Nothing to repair.");
    expect((await user.show("web")).status.phase).toBe("Running");
  });
});

describe("a daemon of another version", () => {
  it("is refused with both versions named, and shown by daemon status and doctor", async () => {
    const user = new SessionUser();
    await listenAsDaemon(user, (request, response) => {
      if (request.url === "/health")
        response.end(JSON.stringify({ ...HEALTH, version: "9.0.0", apiVersion: 9, new: 1 }));
      else response.writeHead(404).end("{}");
    });
    const refused = {
      exitCode: 4,
      stdout: "",
      stderr:
        "error[DAEMON_UNAVAILABLE]: Daemon 9.0.0 uses API version 9, but this command needs version 1\n" +
        "hint: Run `clauderon daemon stop`. The next command starts the right version, and sessions keep running\n",
    };
    expect(await user.run(["list"])).toEqual(refused);
    expect(await user.run(["create"])).toEqual(refused);
    expect(await user.ok("daemon", "status")).toContain(
      "version 9 (this command needs 1: run `clauderon daemon stop`)",
    );
    expect((await user.run(["doctor"])).stdout).toContain("9.0.0 uses API version 9, but this command needs version 1");
  });
});

describe("doctor", () => {
  it("finds the running daemon and its credential, and names what is missing", async () => {
    const user = new SessionUser({ CLAUDERON_AGENT: "claude-code" });
    const before = await user.run(["doctor"]);
    expect(before).toMatchObject({ exitCode: 1, stdout: expect.stringContaining("no credential for claude-code") });
    expect(before.stdout).toContain("not running; the next command starts it on");
    expect((await user.run(["daemon", "status"])).exitCode).toBe(4); // it has started nothing

    await user.run(["credentials", "set", "CLAUDE_CODE_OAUTH_TOKEN"], { stdin: "sesame-1234" });
    const { items } = JSON.parse((await user.run(["doctor", "--json"])).stdout) as {
      items: readonly { name: string; state: string; message: string }[];
    };
    const messageOf = (name: string) => items.find((item) => item.name === name)?.message;
    expect(messageOf("daemon")).toContain(`process ${await user.daemonPid()}, on ${user.clauderonHome}/daemon.sock`);
    expect(messageOf("credential")).toBe("CLAUDE_CODE_OAUTH_TOKEN");
    expect(JSON.stringify(items)).not.toContain("sesame");
    expect(messageOf("kubernetes")).toBe("the kubernetes backend is disabled");
  });

  it("checks the configured agent, and no program when sessions run in pods", async () => {
    const codex = { CLAUDERON_AGENT: "", CLAUDERON_AGENT_COMMAND: "", CLAUDERON_SESSION_AGENT: "codex" };
    const user = new SessionUser({ ...codex, PATH: "/usr/bin:/bin", OPENAI_API_KEY: "sesame" });
    const here = await user.run(["doctor"]);
    expect(here.stdout).toMatch(/^FAIL {2}agent +cannot run codex\n +→ Run `npm install -g @openai\/codex`$/m);
    expect(here.stdout).toMatch(/^ok {4}credential +OPENAI_API_KEY$/m);
    const inPods = await user.run(["doctor"], { environment: { CLAUDERON_SESSION_BACKEND: "kubernetes" } });
    expect(inPods.stdout).toMatch(/^-- {4}agent +cannot run codex; /m);
    expect(inPods.stdout).toMatch(/^FAIL {2}kubernetes +the kubernetes backend is disabled$/m);
  });
});
