import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type AgentConfig, RUN_EXIT } from "@clauderon/protocol";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type GitHostServer, startGitHost } from "../../kit/internet/gitHost/gitHost.ts";
import { git } from "./gitFolder.ts";
import { type EndedRun, runRunner, startRunner, type RunnerOptions } from "./runnerProcess.ts";

const TOKEN = "ghs_repository-token-1";
const WIDGETS = { name: "widgets", owner: "acme", repo: "widgets" };
const SECRET = { name: "secret", owner: "acme", repo: "secret-widgets" };

let host: GitHostServer;
beforeAll(async () => {
  host = await startGitHost({
    repositories: {
      "acme/widgets": { files: { "README.md": "widgets\n" } },
      "acme/secret-widgets": { files: { "README.md": "secret\n" }, private: true },
      "acme/other-secret": { files: { "README.md": "other\n" }, private: true },
    },
    tokens: { [TOKEN]: "push" },
  });
});
afterAll(() => host.stop());

function runWith(repositories: AgentConfig["repositories"], options: Partial<RunnerOptions> = {}): Promise<EndedRun> {
  return runRunner({
    agent: "printEnvironment",
    ...options,
    config: { repositories },
    environment: { THURKUBE_GIT_HOST: host.baseUrl, ...options.environment },
  });
}

/** What the agent of this run saw. */
function seenBy({ folder }: EndedRun): { cwd: string; environment: Record<string, string> } {
  const transcript = readFileSync(join(folder, "home/.clauderon/transcript.jsonl"), "utf8");
  const { text } = JSON.parse(transcript.trimEnd().split("\n").at(-1) ?? "") as { text: string };
  return JSON.parse(text) as ReturnType<typeof seenBy>;
}

describe("a repository", () => {
  it("is cloned completely, and a single one is the agent's working directory and names the branch", async () => {
    const run = await runWith([WIDGETS], { agent: "success" });
    const folder = join(run.folder, "workspace/widgets");
    expect(readFileSync(join(folder, "README.md"), "utf8")).toBe("widgets\n");
    expect(await git(folder, "rev-parse", "--is-shallow-repository")).toBe("false");
    expect(await git(folder, "config", "--get", "remote.origin.fetch")).toBe("+refs/heads/*:refs/remotes/origin/*");
    expect(await git(folder, "config", "--get", "remote.origin.url")).toBe(`${host.baseUrl}/acme/widgets.git`);
    expect(run.summary?.branch).toBe("main");
    const log = run.lines.join("\n");
    expect(log).toContain(`git      acme/widgets: cloning ${host.baseUrl}/acme/widgets.git`);
    expect(log).toMatch(/git {6}acme\/widgets: cloned, main at [0-9a-f]{7}/);
  });

  it("shares the workspace with others, which is then the working directory without a branch", async () => {
    const run = await runWith([WIDGETS, { ...WIDGETS, name: "copy" }], { agent: "success" });
    expect(run.summary?.outcome).toBe("Succeeded");
    expect(run.summary?.branch).toBeUndefined();
    expect(readFileSync(join(run.folder, "workspace/copy/README.md"), "utf8")).toBe("widgets\n");
  });

  it("is checked out at its ref, at first and later, and a missing ref is reported", async () => {
    const first = await runWith([WIDGETS]);
    const folder = join(first.folder, "workspace/widgets");
    const auth = `http.extraHeader=Authorization: Bearer ${TOKEN}`;
    await git(folder, "-c", auth, "push", "--quiet", "origin", "main:refs/heads/release");
    const run = await runWith([{ ...WIDGETS, ref: "release" }], { agent: "success" });
    expect(run.summary?.branch).toBe("release");
    const again = await runWith([{ ...WIDGETS, ref: "release" }], { agent: "success", folder: first.folder });
    expect(again.lines.join("\n")).toContain("acme/widgets: brought up to date, release at");
    expect(again.summary?.branch).toBe("release");
    const wrong = await runWith([{ ...WIDGETS, ref: "gone" }]);
    expect(wrong.summary?.message).toBe(
      'Cannot check out acme/widgets: it has no branch "gone". Check ref of Repository "widgets"',
    );
  });

  it("is cloned with its own token when it is private, and refused without it", async () => {
    const run = await runWith([SECRET], { tokens: { secret: `${TOKEN}\n` } });
    expect(run.summary?.outcome).toBe("Succeeded");
    const refused = await runWith([SECRET]);
    expect(refused.exitCode).toBe(RUN_EXIT.notStarted);
    expect(refused.summary).toMatchObject({
      outcome: "Failed",
      reason: "CloneFailed",
      message:
        'Cannot check out acme/secret-widgets: the git host requires a token and Repository "secret" does not name one. ' +
        'If acme/secret-widgets is private, set tokenSecretRef of Repository "secret"',
    });
  });

  it("is named, with its Secret, when the host refuses its token", async () => {
    const run = await runWith([SECRET], { tokens: { secret: "ghs_revoked-token" } });
    expect(run.summary?.reason).toBe("CloneFailed");
    expect(run.summary?.message).toContain('the git host refused the token of Repository "secret"');
    expect(run.summary?.message).toContain("tokenSecretRef");
    expect(run.lines.join("\n")).not.toContain("ghs_revoked-token");
  });

  it("is named when the host does not have it", async () => {
    const run = await runWith([{ name: "gone", owner: "acme", repo: "gone" }]);
    expect(run.summary?.message).toContain(`Cannot check out acme/gone: ${host.baseUrl} has no such repository`);
  });

  it("is retried while the host answers 500, up to a limit", async () => {
    let requests = 0;
    const broken = createServer((_request, response) => {
      requests += 1;
      response.writeHead(500).end();
    });
    await once(broken.listen(0, "127.0.0.1"), "listening");
    onTestFinished(() => void broken.close());
    const url = `http://127.0.0.1:${(broken.address() as AddressInfo).port}`;
    const run = await runWith([WIDGETS], { environment: { THURKUBE_GIT_HOST: url } });
    expect(run.summary?.message).toMatch(/acme\/widgets: git clone: fatal: .* returned error: 500/);
    expect(run.lines.filter((line) => line.includes("trying again in"))).toHaveLength(3);
    expect(requests).toBe(4);
  });

  it("stops being cloned when the run is stopped", async () => {
    const silent = createServer(() => undefined);
    await once(silent.listen(0, "127.0.0.1"), "listening");
    onTestFinished(() => {
      silent.closeAllConnections();
      silent.close();
    });
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const environment = { THURKUBE_GIT_HOST: url };
    const run = await startRunner({ agent: "success", config: { repositories: [WIDGETS] }, environment });
    await once(silent, "request");
    run.signal("SIGTERM");
    const ended = await run.ended;
    expect(ended.exitCode).toBe(RUN_EXIT.stopped);
    expect(ended.summary?.reason).toBe("Stopped");
  });

  it("is not cloned into a folder with other content", async () => {
    const first = await runRunner({ agent: "success" });
    const folder = join(first.folder, "workspace/widgets");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "notes.txt"), "mine");
    const run = await runWith([WIDGETS], { folder: first.folder });
    expect(run.summary?.message).toContain("exists and is not a git checkout");
    expect(readFileSync(join(folder, "notes.txt"), "utf8")).toBe("mine");
  });
});

describe("a token", () => {
  it("works for the agent's own git inside the checkout, only for the URL of its repository", async () => {
    const run = await runWith([SECRET], { tokens: { secret: TOKEN } });
    const folder = join(run.folder, "workspace/secret");
    await git(folder, "fetch", "--quiet", "origin");
    await git(folder, "checkout", "--quiet", "-b", "from-agent");
    await git(folder, "commit", "--quiet", "--allow-empty", "-m", "Work");
    await git(folder, "push", "--quiet", "origin", "from-agent");
    expect(await host.branches("acme/secret-widgets")).toContain("from-agent");
    await git(folder, "fetch", "--quiet", `${host.baseUrl}/acme/secret-widgets`, "main");
    const other = `${host.baseUrl}/acme/other-secret.git`;
    await expect(git(folder, "ls-remote", other)).rejects.toThrow(/could not read Username|terminal/);
  });

  it("is not in the checkout's configuration, which only names its file", async () => {
    const run = await runWith([SECRET], { tokens: { secret: TOKEN } });
    const config = readFileSync(join(run.folder, "workspace/secret/.git/config"), "utf8");
    expect(config).not.toContain(TOKEN);
    expect(config).toContain(join(run.folder, "tokens/secret/token"));
  });
});

describe("an existing checkout", () => {
  it("is brought to the remote's default branch when all work in it is pushed", async () => {
    const first = await runWith([WIDGETS], { persist: true });
    const folder = join(first.folder, "workspace/widgets");
    const elsewhere = join(first.folder, "elsewhere");
    const auth = ["-c", `http.extraHeader=Authorization: Bearer ${TOKEN}`];
    await git(first.folder, "clone", "--quiet", `${host.baseUrl}/acme/widgets.git`, elsewhere);
    await git(elsewhere, "commit", "--quiet", "--allow-empty", "-m", "Newer");
    await git(elsewhere, ...auth, "push", "--quiet", "origin", "main");
    await git(folder, "checkout", "--quiet", "-b", "done");
    const run = await runWith([WIDGETS], { persist: true, folder: first.folder });
    expect(run.lines.join("\n")).toMatch(/acme\/widgets: brought up to date, main at/);
    expect(await git(folder, "log", "-1", "--format=%s")).toBe("Newer");
    expect(await git(folder, "symbolic-ref", "--short", "HEAD")).toBe("main");
  });

  it.each([
    ["changes that are not committed", (folder: string) => writeFile(join(folder, "new.txt"), "x")],
    ["commits that are not pushed", (folder: string) => git(folder, "commit", "-q", "--allow-empty", "-m", "Mine")],
    [
      "stashed changes",
      async (folder: string): Promise<unknown> => {
        await writeFile(join(folder, "README.md"), "changed\n");
        return git(folder, "stash");
      },
    ],
  ] as const)("is not changed when it has %s, and the log says so", async (what, change) => {
    const first = await runWith([WIDGETS], { persist: true });
    const folder = join(first.folder, "workspace/widgets");
    await git(folder, "checkout", "--quiet", "-b", "mine");
    await change(folder);
    const before = [await git(folder, "rev-parse", "HEAD"), await git(folder, "status", "--porcelain", "--branch")];
    const run = await runWith([WIDGETS], { persist: true, folder: first.folder });
    expect(run.summary?.outcome).toBe("Succeeded");
    expect(run.lines.join("\n")).toContain(`left as the last run left it (it has ${what}), mine at`);
    expect([await git(folder, "rev-parse", "HEAD"), await git(folder, "status", "--porcelain", "--branch")]).toEqual(
      before,
    );
  });

  it("is refused when it is a checkout of another repository", async () => {
    const first = await runWith([WIDGETS], { persist: true });
    const moved = { ...WIDGETS, repo: "gadgets" };
    const run = await runWith([moved], { persist: true, folder: first.folder });
    expect(run.summary?.message).toContain(`is a checkout of ${host.baseUrl}/acme/widgets.git`);
  });

  it("is used unchanged when it is a linked worktree", async () => {
    const first = await runWith([WIDGETS]);
    const origin = join(first.folder, "workspace/widgets");
    await git(origin, "worktree", "add", "--quiet", "-b", "clauderon/x", join(first.folder, "workspace/linked"));
    const config = readFileSync(join(origin, ".git/config"), "utf8");
    const linked = { ...WIDGETS, name: "linked" };
    const run = await runWith([linked], { folder: first.folder, tokens: { linked: TOKEN }, agent: "success" });
    expect(run.summary).toMatchObject({ outcome: "Succeeded", branch: "clauderon/x" });
    expect(readFileSync(join(origin, ".git/config"), "utf8")).toBe(config);
  });

  it("runs no hook that an earlier agent has left in it", async () => {
    const first = await runWith([WIDGETS], { persist: true });
    const folder = join(first.folder, "workspace/widgets");
    const trace = join(first.folder, "hooked");
    for (const hook of ["post-checkout", "post-merge", "reference-transaction"]) {
      writeFileSync(join(folder, ".git/hooks", hook), `#!/bin/sh\necho ${hook} >> ${trace}\n`, { mode: 0o755 });
    }
    await git(folder, "config", "core.fsmonitor", `echo fsmonitor >> ${trace}; false`);
    await runWith([WIDGETS], { persist: true, folder: first.folder });
    expect(() => readFileSync(trace)).toThrow(/ENOENT/);
  });
});

describe("the agent's environment", () => {
  it("has the AgentJob's variables and git's identity, and no variables for the runner", async () => {
    const environment = { MY_SETTING: "1", GIT_AUTHOR_NAME: "Ada", KUBERNETES_PORT: "tcp://10.0.0.1:443" };
    const run = await runWith([], { environment });
    const seen = seenBy(run);
    expect(seen.cwd).toBe(join(run.folder, "workspace"));
    expect(seen.environment).toMatchObject({
      MY_SETTING: "1",
      GIT_AUTHOR_NAME: "Ada",
      GIT_COMMITTER_EMAIL: "agent@thurkube.invalid",
      GIT_TERMINAL_PROMPT: "0",
    });
    const names = Object.keys(seen.environment).filter((name) => /^(THURKUBE|CLAUDERON|KUBERNETES)_/.test(name));
    expect(names).toEqual(["CLAUDERON_RUN"]);
  });
});
