import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type DaemonWorld as World, DaemonWorld, NOTHING_LEFT, POLL } from "./daemonProcess.ts";
import { installBubblewrap } from "./installBubblewrap.ts";

beforeAll(installBubblewrap);

/** What a git folder may have, and git would run or believe, relative to it. */
const NAMES = [
  "HEAD",
  "config",
  "config.worktree",
  "commondir",
  "packed-refs",
  "index",
  "hooks",
  "hooks/post-commit",
  "modules/x",
  "info/attributes",
  "info/grafts",
  "remotes/origin",
  "shallow",
  "objects/info/alternates",
  "logs/HEAD",
  "refs/heads/main",
  "refs/stash",
  "refs/tags/x",
  "refs/remotes/origin/main",
  "refs/clauderon/rescued/x",
  "worktrees/other/gitdir",
  "worktrees/work/gitdir",
  "worktrees/work/commondir",
  "worktrees/work/config.worktree",
];

/** A shell as the agent: what it prints is on the terminal. */
async function begin(world: World, name: string, script: string): Promise<{ readonly text: string }> {
  writeFileSync(join(world.repository, "probe.sh"), `${script}\necho "probe over"\nexec sleep 1000\n`);
  await world.create({ name, sandbox: true, command: ["/bin/sh", "probe.sh"] });
  await world.until(name, "Running");
  const client = await world.stream(name);
  return client.attach({ mode: "watch", offset: 0 });
}

describe("a sandboxed session", () => {
  it("sees neither the user's home nor the daemon, writes only its own folders, and leaves nothing", async () => {
    const world = new DaemonWorld();
    const home = join(world.folder, "user");
    mkdirSync(home);
    writeFileSync(join(home, "secret"), "mine\n");
    await world.start();
    const view = await begin(
      world,
      "caged",
      [
        `test -e ${home}/secret && echo "home seen"`,
        `test -e ${world.home}/daemon.sock && echo "daemon seen"`,
        `touch /etc/x 2>/dev/null && echo "root written"`,
        `touch ${world.repository}/.git/hooks/post-commit 2>/dev/null && echo "hooks written"`,
        `git config user.name Eve 2>/dev/null && echo "configuration written"`,
        `ls /proc | grep -qx ${process.pid} && echo "processes seen"`,
        `echo change > made; git add made; git -c user.name=A -c user.email=a@b commit -qm made && echo "committed"`,
      ].join("\n"),
    );
    await expect.poll(() => view.text, POLL).toContain("probe over");
    const { text } = view;
    expect(text.split("\r\n").filter((line) => / (seen|written)$/.test(line))).toEqual([]);
    expect(text).toContain("committed");
    expect(world.git("log", "-1", "--format=%s", "clauderon/caged")).toBe("made");
    const refs = execFileSync("git", ["ls-remote", "clauderon::caged"], { env: world.environment, encoding: "utf8" });
    expect(refs).toMatch(/refs\/heads\/clauderon\/caged\n[0-9a-f]+\trefs\/worktree\/work\n/);
    await world.end("SIGKILL");
    await world.start();
    await world.until("caged", "Running");
    expect(await world.ask("DELETE", "/api/sessions/caged?discardWork=true")).toMatchObject({ status: 200 });
    expect(world.leftovers()).toEqual(NOTHING_LEFT);
  });

  it("cannot make the user's git run anything, and commits after the user's git has run garbage collection", async () => {
    const world = await new DaemonWorld().start();
    const git = join(world.repository, ".git");
    rmSync(join(git, "hooks"), { recursive: true });
    const worktree = join(world.home, "sessions/caged/work");
    const view = await begin(
      world,
      "caged",
      [
        `cp -r ${git} evil`,
        `git config --file evil/config core.fsmonitor 'touch ${worktree}/ran; false'`,
        `attempt() { "$@" 2>/dev/null && echo "$* done"; }`,
        `write() { mkdir -p "$(dirname "$1")"; echo "$PWD/evil" > "$1"; }`,
        ...NAMES.map((name) => `attempt write ${git}/${name}`),
        `attempt write "$PWD/.git"`,
        ...[
          `${worktree}/.git`,
          git,
          `${git}/worktrees/work`,
          `${git}/worktrees/work/gitdir`,
          `${git}/objects/info`,
        ].map((name) => `attempt mv ${name} ${name}.old`),
        `echo "your turn"; until test -e tidy; do sleep 0.05; done; rm -rf evil tidy`,
        `echo change > made; git add made; git -c user.name=A -c user.email=a@b commit -qm made && echo "committed"`,
      ].join("\n"),
    );
    await expect.poll(() => view.text, POLL).toContain("your turn");
    world.git("status");
    world.git("gc", "--quiet");
    world.bystanders.renew();
    world.git("config", "user.name", "Eve");
    writeFileSync(join(worktree, "tidy"), "");
    await expect.poll(() => view.text, POLL).toContain("probe over");
    const { text } = view;
    expect(text.split("\r\n").filter((line) => line.endsWith(" done"))).toEqual([]);
    expect(existsSync(join(worktree, "ran"))).toBe(false);
    expect(text).toContain("committed");
    expect(world.git("log", "-1", "--format=%s", "clauderon/caged")).toBe("made");
    expect(world.git("status", "--porcelain")).toBe("?? probe.sh");
  });

  it("cannot make the daemon write through a link in the session's folder", async () => {
    const world = await new DaemonWorld().start();
    const target = join(world.folder, "mine");
    writeFileSync(target, "mine\n");
    const names = ["runner.log", "session.json.new"].map((name) => join(world.home, "sessions/caged", name));
    const view = await begin(world, "caged", names.map((name) => `rm -f ${name}; ln -s ${target} ${name}`).join("\n"));
    await expect.poll(() => view.text, POLL).toContain("probe over");
    await world.ask("POST", "/api/sessions/caged/archive");
    await world.until("caged", "Archived");
    await world.ask("POST", "/api/sessions/caged/unarchive");
    await world.until("caged", "Running");
    expect(readFileSync(target, "utf8")).toBe("mine\n");
  });

  it("cannot work in the checkout itself", async () => {
    const world = await new DaemonWorld().start();
    const session = { repository: world.repository, agent: "scripted", sandbox: true, worktree: false };
    const { status, body } = await world.ask("POST", "/api/sessions", session);
    expect([status, body]).toEqual([
      422,
      expect.objectContaining({ error: expect.objectContaining({ code: "SPEC_INVALID" }) as unknown }),
    ]);
  });
});

it("a sandboxed session without bubblewrap is Failed, says how to install it, and delete removes all of it", async () => {
  const world = new DaemonWorld({ PATH: "" });
  const bin = join(world.folder, "bin");
  mkdirSync(bin);
  const git = execFileSync("which", ["git"], { encoding: "utf8" }).trim();
  symlinkSync(git, join(bin, "git"));
  (world.environment as Record<string, string>)["PATH"] = [bin].join(delimiter);
  await world.start();
  await world.create({ name: "bare", sandbox: true });
  const { status } = await world.until("bare", "Failed");
  expect(status).toMatchObject({
    reason: "SandboxUnavailable",
    hint: expect.stringContaining("apt install bubblewrap") as unknown,
  });
  expect(existsSync(join(world.home, "sessions/bare"))).toBe(true);
  expect(await world.ask("DELETE", "/api/sessions/bare")).toMatchObject({ status: 200 });
  expect(world.leftovers()).toEqual(NOTHING_LEFT);
});
