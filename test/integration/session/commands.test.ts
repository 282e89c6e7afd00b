import { createHash } from "node:crypto";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { Session } from "@clauderon/protocol";
import { describe, expect, it, vi } from "vitest";
import { fixtureAgent } from "../../kit/programs.ts";
import { POLL, startCli } from "../cli/cliProcess.ts";
import { manifestText } from "../cli/scratchUser.ts";
import { SessionUser } from "./sessionUser.ts";

// Each step is a process of its own, and the machine may have others to run.
vi.setConfig({ testTimeout: 180_000 });

describe("the life of a session by commands", () => {
  it("is created, listed, shown, prompted, archived, unarchived, recreated and deleted", async () => {
    const user = new SessionUser();
    const created = await user.run(["create", "--name", "web", "--detach"]);
    expect(created).toMatchObject({ exitCode: 0, stdout: "web\n" });
    expect(created.stderr).toContain("web: Making the worktree\n"); // one line for each step
    expect(user.git("for-each-ref", "--format=%(refname:short)", "refs/heads")).toBe("clauderon/web\nmain");

    expect((await user.ok("list")).split("\n")).toEqual([
      expect.stringMatching(/^NAME {2}BACKEND {2}AGENT +PHASE +ACTIVITY +BRANCH +AGE$/),
      expect.stringMatching(/^web {3}local {4}scripted +Running +(-|Idle) +clauderon\/web +\d+s$/),
    ]);
    expect(await user.ok("show", "web")).toMatch(/^Name: +web\nPhase: +Running\n/);

    await user.ok("send", "web", 'say it\'s "quoted" $HOME');
    await expect.poll(() => user.ok("logs", "web"), POLL).toContain('it\'s "quoted" $HOME');
    expect((await user.run(["send", "web", "-"], { stdin: "say by standard input" })).exitCode).toBe(0);
    await expect.poll(() => user.ok("logs", "web"), POLL).toContain("by standard input");
    expect(await user.ok("logs", "web")).not.toContain("\u001b");

    expect(await user.ok("archive", "web")).toBe("web archived");
    expect((await user.show("web")).status.phase).toBe("Archived");
    const kept = await user.run(["logs", "web"]);
    expect(kept).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("by standard input") });
    expect(kept.stderr).toBe('note: Session "web" is Archived. This is its output until then\n');
    const output = `${user.clauderonHome}/sessions/web/output`;
    renameSync(`${output}/${"0".repeat(16)}.log`, `${output}/${"7".padStart(16, "0")}.log`);
    expect((await user.run(["logs", "web"])).stderr).toMatch(/^note: The oldest output of web is no longer kept/);
    rmSync(output, { recursive: true });
    expect(await user.run(["logs", "web"])).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining(
        'error[SESSION_NOT_RUNNING]: Session "web" is Archived, and its output is not stored on this machine\n',
      ),
    });
    expect(await user.ok("unarchive", "web")).toBe("web running");
    expect(await user.ok("recreate", "web")).toBe("web running");

    expect(await user.ok("delete", "web")).toMatch(/^web deleted/);
    expect(await user.ok("list")).toBe("No sessions. Run `clauderon create --repo PATH --prompt TEXT` to create one.");
    const gone = await user.run(["show", "web"]);
    expect(gone).toMatchObject({ exitCode: 3, stderr: expect.stringContaining("error[SESSION_NOT_FOUND]") });
  });

  it("accepts a prompt that begins with a dash, and runs commands where the agent works", async () => {
    const user = new SessionUser();
    const printed = await user.run(["create", "--name", "web", "--prompt", "last it's done", "--print"]);
    expect(printed).toMatchObject({ exitCode: 0, stdout: "it's done\n" });
    const failed = await user.run(["create", "--name", "poor", "--prompt", "fail API Error: no credit", "--print"]);
    expect(failed).toMatchObject({ exitCode: 7, stdout: "" });
    expect(failed.stderr).toContain(
      'error[AGENT_FAILED]: The turn of session "poor" failed: API Error: no credit\n' +
        'hint: Send another prompt: clauderon send poor "Try again"\n',
    );
    expect((await user.show("poor")).status).toMatchObject({
      phase: "Running",
      activity: "Failed",
      reason: "TurnFailed",
    });
    const prompt = "-rf 'x' \"$HOME\"\nand more";
    await user.ok("create", "--name", "dash", "--prompt", prompt);
    const digest = createHash("sha256").update(prompt).digest("hex");
    await expect.poll(() => user.ok("logs", "dash"), POLL).toContain(`sha256 ${digest}`);

    const script = "pwd; cat; echo beside >&2; exit 3";
    const executed = await user.run(["exec", "web", "--", "sh", "-c", script], { stdin: "by standard input" });
    const folder = `${user.clauderonHome}/sessions/web/work`;
    expect(executed).toEqual({ exitCode: 3, stdout: `${folder}\nby standard input`, stderr: "beside\n" });
    const missing = await user.run(["exec", "web", "no-such-program"]);
    expect(missing).toMatchObject({
      exitCode: 6,
      stderr: expect.stringMatching(/^error\[AGENT_UNAVAILABLE\]: [^[]*$/),
    });
    expect(await user.run(["exec", "web", "--"])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("error[USAGE]: No command"),
    });

    const window = user.window([
      "exec",
      "web",
      "--",
      "sh",
      "-c",
      "tty; stty size; read answer; echo got $answer; exit 4",
    ]);
    await expect.poll(() => window.screen, POLL).toContain("30 100");
    window.type("typed\r");
    await expect.poll(() => window.exitCode, POLL).toBe(4);
    expect(window.screen).toContain("got typed");

    const title = ["printf", "\\033]0;from the session\\007done"];
    for (const [options, expected] of [
      [[], ""],
      [["-T"], ""],
      [["-it"], "from the session"],
    ] as const) {
      const titled = user.window(["exec", "web", ...options, "--", ...title]);
      await expect.poll(() => titled.exitCode, POLL).toBe(0);
      expect(titled.screen).toContain("done");
      expect(titled.title).toBe(expected);
    }
    expect((await user.run(["exec", "web", "-T", "--", ...title])).stdout).toBe("\u001b]0;from the session\u0007done");
  });

  it("starts for ten sessions at once, by ten commands that find no daemon", async () => {
    const user = new SessionUser();
    const ended = await Promise.all(Array.from({ length: 10 }, () => user.run(["create"])));
    expect(ended.map(({ exitCode, stderr }) => (exitCode === 0 ? 0 : stderr))).toEqual(Array<number>(10).fill(0));
    const names = ended.map(({ stdout }) => stdout.trim());
    expect(new Set(names).size).toBe(10);
    const { items } = JSON.parse(await user.ok("list", "--json")) as { items: readonly Session[] };
    expect(items.map(({ name }) => name)).toEqual(names.toSorted());
    expect(items.map(({ status }) => status.phase)).toEqual(Array<string>(10).fill("Running"));
  });
});

describe("commands", () => {
  it.each([
    [
      ["create", "--name", "Web"],
      2,
      'error[USAGE]: --name "Web" must be lower-case letters, digits and dashes, and begin with a letter\n',
    ],
    [
      ["create", "--backend", "kubernetes", "--memory-limit", "512m"],
      2,
      'error[USAGE]: --memory-limit cannot be 512m: "m" means thousandths, of a byte; did you mean 512Mi?\n',
    ],
    [
      ["create", "--backend", "k8s"],
      2,
      "error[USAGE]: Option '--backend <backend>' argument 'k8s' is invalid. Allowed choices are local, kubernetes\n",
    ],
    [["create", "--print"], 2, "error[USAGE]: --print needs a prompt\n"],
    [["create", "--prompt", " "], 2, "error[USAGE]: The prompt is empty\n"],
    [["create", "--prompt-file", "/nowhere"], 2, "error[FILE_UNREADABLE]: Cannot read /nowhere: ENOENT"],
    [
      ["credentials", "set", "token"],
      2,
      'error[USAGE]: "token" must be the name of an environment variable, in capitals\n',
    ],
    [
      ["daemon", "--enable-kubernetes-backend=maybe"],
      2,
      'error[USAGE]: --enable-kubernetes-backend must be one of 1, true, yes, on or 0, false, no, off, not "maybe"\n',
    ],
    [["daemon", "status"], 4, "error[DAEMON_UNAVAILABLE]: No daemon is listening on"],
  ])("refuse %j word for word, and start no daemon", async (args, exitCode, stderr) => {
    const user = new SessionUser();
    expect(await user.run(args)).toMatchObject({ exitCode, stderr: expect.stringContaining(stderr) });
    expect((await user.run(["daemon", "status"])).exitCode).toBe(4);
  });

  it("print word for word what the daemon refuses", async () => {
    const user = new SessionUser();
    const { exitCode, stderr } = await user.run(["create", "--memory-limit", "8Gi"]);
    expect(stderr).toBe(
      "error[SPEC_INVALID]: --memory-limit applies only to a session in Kubernetes\n" +
        "hint: Leave out --memory-limit, or add --backend kubernetes\n",
    );
    expect(exitCode).toBe(2);
  });

  it("refuse a prompt with NUL, and one that is not text", async () => {
    const user = new SessionUser();
    const nul = await user.run(["create", "--prompt-file", "-"], { stdin: "a\0b" });
    expect(nul.stderr).toBe("error[USAGE]: The prompt must not hold a NUL character\n");
    writeFileSync(`${user.folder}/bytes`, Buffer.from([0xff, 0xfe]));
    const bytes = await user.run(["create", "--prompt-file", `${user.folder}/bytes`]);
    expect(bytes.stderr).toBe(`error[USAGE]: ${user.folder}/bytes is not UTF-8 text\n`);
  });

  it("show the daemon's own error when it cannot start, with the line of config.toml", async () => {
    const user = new SessionUser();
    mkdirSync(user.clauderonHome);
    writeFileSync(`${user.clauderonHome}/config.toml`, "[kubernetes]\nnamespce = 'x'\n");
    const unknown = `error[CONFIG_INVALID]: ${user.clauderonHome}/config.toml:2: Unknown key "namespce" in [kubernetes]\nhint: Did you mean namespace?\n`;
    expect(await user.run(["list"])).toMatchObject({ exitCode: 2, stderr: unknown });
    expect(await user.run(["create"])).toMatchObject({ exitCode: 2, stderr: unknown });
  });

  it("show every setting and where it comes from", async () => {
    const user = new SessionUser({ CLAUDERON_FEATURE_ENABLE_KUBERNETES_BACKEND: "1" });
    mkdirSync(user.clauderonHome);
    writeFileSync(`${user.clauderonHome}/config.toml`, "[kubernetes]\nnamespace = 'agents'\n");
    const lines = (await user.ok("config", "show", "--origin")).split("\n");
    expect(lines.find((line) => line.startsWith("features.kubernetes_backend"))).toMatch(
      /true +environment CLAUDERON_FEATURE_ENABLE_KUBERNETES_BACKEND$/,
    );
    const namespace = lines.find((line) => line.startsWith("kubernetes.namespace"))?.split(/ +/);
    expect(namespace).toEqual(["kubernetes.namespace", "agents", `${user.clauderonHome}/config.toml:2`]);
  });

  it("give the agent non-secret variables from config.toml, overridden by flags, and show them", async () => {
    const user = new SessionUser();
    mkdirSync(user.clauderonHome);
    const file = `${user.clauderonHome}/config.toml`;
    writeFileSync(file, '[session.environment]\nIS_SANDBOX = "1"\nOF_FILE = "file"\nTZ = "UTC"\n');
    expect(await user.ok("config", "show", "--origin")).toMatch(/^session.environment +\{"IS_SANDBOX":"1",.*:1$/m);
    const variables = ["--env", "OF_FLAG=a=b c", "--env", "TZ=Asia/Tokyo"];
    await user.ok("create", "--name", "web", ...variables, "--prompt", "shell echo $IS_SANDBOX:$OF_FILE:$OF_FLAG:$TZ");
    await expect.poll(() => user.ok("logs", "web"), POLL).toContain("1:file:a=b c:Asia/Tokyo");
    expect(await user.ok("show", "web")).toMatch(/^Environment: +IS_SANDBOX=1\n +OF_FILE=file\n +TZ=Asia\/Tokyo\n/m);
    const refused = await user.run(["create", "--env", "ANTHROPIC_API_KEY=k"]);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain("\nhint: clauderon credentials set ANTHROPIC_API_KEY\n");
    await user.ok("recreate", "web");
    expect((await user.show("web")).spec.environment).toMatchObject({ IS_SANDBOX: "1", TZ: "Asia/Tokyo" });
  });

  it("save credentials from standard input, and never show their values", async () => {
    const user = new SessionUser();
    const set = await user.run(["credentials", "set", "ANTHROPIC_API_KEY"], { stdin: "sesame-1234\n" });
    expect(set).toMatchObject({ exitCode: 0, stdout: "Saved ANTHROPIC_API_KEY. New sessions will use it\n" });
    expect(await user.ok("credentials", "list")).toMatch(/^NAME +ORIGIN\nANTHROPIC_API_KEY +file$/);
    const asked = user.window(["credentials", "set", "ANTHROPIC_API_KEY"]);
    await expect.poll(() => asked.screen, POLL).toContain("ANTHROPIC_API_KEY:");
    asked.type("typed-5678\r");
    await expect.poll(() => asked.exitCode, POLL).toBe(0);
    expect(asked.received).not.toContain("5678");
    expect(await user.ok("credentials", "delete", "ANTHROPIC_API_KEY")).toBe("ANTHROPIC_API_KEY deleted");
    expect(await user.ok("credentials", "list")).toMatch(/^No credentials/);
  });

  it("complete names of sessions without starting a daemon", async () => {
    const user = new SessionUser();
    expect(await user.ok("complete", "--", "attach", "")).not.toContain("web");
    expect((await user.run(["daemon", "status"])).exitCode).toBe(4);
    await user.ok("create", "--name", "web");
    expect(await user.ok("complete", "--", "attach", "")).toContain("web");
    expect(await user.ok("complete", "--", "delete", "w")).toContain("web");
    expect(await user.ok("complete", "--", "daemon", "st")).toContain("stop");
  });

  it("stop the daemon and leave the sessions to the next daemon", async () => {
    const user = new SessionUser();
    await user.ok("create", "--name", "web");
    const first = await user.daemonPid();
    expect(await user.ok("daemon", "stop")).toBe("Stopped the daemon. Sessions keep running.");
    expect(await user.ok("daemon", "stop")).toBe("No daemon is running.");
    await expect.poll(async () => (await user.show("web")).status.phase, POLL).toBe("Running");
    expect(await user.daemonPid()).not.toBe(first);
  });

  it("show the steps of a clauderon run in list and attach", async () => {
    const user = new SessionUser({ CLAUDERON_AGENT_COMMAND: fixtureAgent("hangBeforeResult"), TOKEN: "sesame-1234" });
    const args = ["run", "-f", "-", "--repository", `web=${user.repository}`];
    const run = startCli(args, user.options({ stdin: manifestText({}) }));
    await expect
      .poll(() => user.ok("list"), POLL)
      .toMatch(/^fix\.1 +local +scripted +Running +- +clauderon\/fix +\d+s$/m);
    const attached = startCli(["attach", "fix.1"], user.options());
    await expect.poll(() => attached.stdout(), POLL).not.toBe("");
    run.signal("SIGTERM");
    const ended = await run.ended;
    const seen = await attached.ended;
    expect(seen.exitCode).toBe(0);
    expect(ended.stdout.startsWith(seen.stdout)).toBe(true);
    expect(seen.stderr).toContain("Run fix.1 has ended");
    expect(await user.ok("list")).not.toContain("fix.1");
    expect(await user.ok("list", "--all")).toContain("fix.1");
  });

  it("run the daemon in the foreground", async () => {
    const user = new SessionUser();
    const window = user.window(["daemon", "--enable-kubernetes-backend"]);
    await expect.poll(() => window.screen, POLL).toContain("listens on");
    expect(await user.daemonPid()).toBe(window.pid); // it is the daemon
    window.type("\u0003");
    await expect.poll(() => window.exitCode, POLL).toBe(0);
  });
});
