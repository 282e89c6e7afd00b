import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";
import { type DaemonWorld as World, DaemonWorld, NOTHING_LEFT, POLL } from "./daemonProcess.ts";
import { installBubblewrap } from "./installBubblewrap.ts";

const hasBubblewrap = installBubblewrap();

/** A shell as the agent: what it prints is on the terminal. */
async function run(world: World, name: string, script: string): Promise<string> {
  writeFileSync(join(world.repository, "probe.sh"), `${script}\necho "probe over"\nexec sleep 1000\n`);
  await world.create({ name, sandbox: true, command: ["/bin/sh", "probe.sh"] });
  await world.until(name, "Running");
  const client = await world.stream(name);
  const view = client.attach({ mode: "watch", offset: 0 });
  await expect.poll(() => view.text, POLL).toContain("probe over");
  return view.text;
}

describe.skipIf(!hasBubblewrap)("a sandboxed session", () => {
  it("sees neither the user's home nor the daemon, writes only its own, and leaves nothing", async () => {
    const world = new DaemonWorld();
    const home = join(world.folder, "user");
    mkdirSync(home);
    writeFileSync(join(home, "secret"), "mine\n");
    await world.start();
    const text = await run(
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
    expect(text.split("\r\n").filter((line) => / (seen|written)$/.test(line))).toEqual([]);
    expect(text).toContain("committed");
    expect(world.git("log", "-1", "--format=%s", "clauderon/caged")).toBe("made");
    await world.end("SIGKILL");
    await world.start();
    await world.until("caged", "Running");
    expect(await world.ask("DELETE", "/api/sessions/caged?discardWork=true")).toMatchObject({ status: 200 });
    expect(world.leftovers()).toEqual(NOTHING_LEFT);
  });
});

it("a sandbox without bubblewrap is Failed, says how to install it, and delete removes all of it", async () => {
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
