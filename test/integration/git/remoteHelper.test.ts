import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { FakeDaemon } from "./fakeDaemon.ts";
import { ScratchRepository } from "./scratchRepository.ts";

/** Enough for many windows of credit, and incompressible. */
const BIG_BYTES = 5_000_000;

let mine: ScratchRepository;
let theirs: ScratchRepository;
let daemon: FakeDaemon;

beforeEach(async () => {
  mine = new ScratchRepository();
  theirs = new ScratchRepository();
  for (const repository of [mine, theirs]) {
    writeFileSync(join(repository.path, "big.bin"), randomBytes(BIG_BYTES));
    repository.commit("Big");
  }
  daemon = await new FakeDaemon({ "brave-otter": theirs.path }).start();
  onTestFinished(() => daemon.stop());
});

const git = (...args: readonly string[]) => gitWith({}, ...args);

function gitWith(variables: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const environment = { ...daemon.environment, HOME: "/nonexistent", LC_ALL: "C", ...variables };
  return gitIn(mine.path, environment, args);
}

/** Not spawnSync: the daemon is in this process. */
async function gitIn(cwd: string, environment: Record<string, string>, args: readonly string[]) {
  const child = spawn("git", args, { cwd, env: environment, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text: Buffer) => (stdout += text.toString()));
  child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}

const tip = (repository: ScratchRepository, ref: string) => repository.run("rev-parse", ref).trim();

describe("git-remote-clauderon", () => {
  it("fetches from a session in any clone", async () => {
    expect((await git("fetch", "--quiet", "clauderon::brave-otter", "main:theirs")).code).toBe(0);
    expect(tip(mine, "theirs")).toBe(tip(theirs, "main"));
    expect(mine.run("fsck", "--strict")).toBe("");
  });

  it("pushes to a session", async () => {
    const pushed = await git("push", "--quiet", "clauderon://brave-otter", "main:refs/clauderon/incoming");
    expect(pushed).toMatchObject({ code: 0, stderr: "" });
    expect(tip(theirs, "refs/clauderon/incoming")).toBe(tip(mine, "main"));
  });

  it("lists, clones, and transfers nothing the second time", async () => {
    expect((await git("ls-remote", "clauderon::brave-otter", "main")).stdout).toContain(tip(theirs, "main"));
    expect((await git("clone", "--quiet", "clauderon::brave-otter", "copy")).code).toBe(0);
    expect((await gitIn(join(mine.path, "copy"), daemon.environment, ["fetch", "origin"])).code).toBe(0);
  });

  it("reports a refused push in the way git expects", async () => {
    const pushed = await git("push", "--quiet", "clauderon::brave-otter", "+main:main");
    expect(pushed.code).toBe(1);
    expect(pushed.stderr).toContain("refusing to update checked out branch");
    expect(tip(theirs, "main")).not.toBe(tip(mine, "main"));
  });

  it.each([
    [
      "a session that is not there",
      ["clauderon::nobody"],
      {},
      'error[SESSION_NOT_FOUND]: There is no session "nobody"\nhint: See clauderon list\n',
    ],
    ["a name that cannot be one", ["clauderon::../../x"], {}, 'error[USAGE]: "../../x" is not a valid session name\n'],
    [
      "no daemon",
      ["clauderon::brave-otter"],
      { CLAUDERON_HOME: "/nonexistent" },
      "error[DAEMON_UNAVAILABLE]: No daemon answers on /nonexistent/daemon.sock\n",
    ],
    [
      "a home that is not a path",
      ["clauderon::brave-otter"],
      { CLAUDERON_HOME: "here" },
      'error[CONFIG_INVALID]: CLAUDERON_HOME must be an absolute path, got "here"',
    ],
  ])("reports %s", async (_, [url = ""], variables, text) => {
    const listed = await gitWith(variables, "ls-remote", url);
    expect(listed.code).toBe(128);
    expect(listed.stderr).toContain(text);
  });

  it("reports why the session's git failed", async () => {
    daemon.options = {
      config: ["core.repositoryFormatVersion=1", "extensions.nonsense=1"],
    };
    theirs.run("config", "core.repositoryFormatVersion", "77");
    const listed = await git("ls-remote", "clauderon::brave-otter");
    expect(listed.code).toBe(128);
    expect(listed.stderr).toContain("error[REPOSITORY_UNAVAILABLE]: fatal: ");
  });

  it("accepts no more than the limit", async () => {
    const limit = { CLAUDERON_GIT_MAX_BYTES: "1000000" };
    const fetched = await gitWith(limit, "fetch", "clauderon::brave-otter", "main:theirs");
    expect(fetched.code).not.toBe(0);
    expect(fetched.stderr).toContain(
      'error[REPOSITORY_UNAVAILABLE]: More than 1000000 bytes come from session "brave-otter"',
    );
    expect(mine.run("for-each-ref", "refs/heads/theirs")).toBe("");
  });

  it.each([1_000, 300_000, 3_000_000])("changes nothing when the connection is cut after %i bytes", async (bytes) => {
    daemon.options = { cutAfter: { up: bytes, down: bytes } };
    const before = [mine.run("for-each-ref"), theirs.run("for-each-ref")];
    const fetched = await git("fetch", "clauderon::brave-otter", "main:theirs");
    const pushed = await git("push", "clauderon::brave-otter", "main:refs/clauderon/incoming");
    for (const { code, stderr } of [fetched, pushed]) {
      expect(code).not.toBe(0);
      expect(stderr).toContain('error[AGENT_UNAVAILABLE]: The connection to session "brave-otter" was cut');
    }
    expect([mine.run("for-each-ref"), theirs.run("for-each-ref")]).toEqual(before);
    daemon.options = {};
    expect((await git("fetch", "--quiet", "clauderon::brave-otter", "main:theirs")).code).toBe(0);
    expect((await git("push", "--quiet", "clauderon::brave-otter", "main:refs/clauderon/incoming")).code).toBe(0);
  });

  it("explains its purpose when a user runs it directly", () => {
    const typed = spawnSync("git", ["remote-clauderon"], { env: daemon.environment, encoding: "utf8" });
    expect(typed.status).toBe(2);
    expect(typed.stderr).toContain("git fetch clauderon::NAME");
    const asked = spawnSync("sh", ["-c", "echo capabilities | git remote-clauderon x clauderon::x >out; cat out"], {
      cwd: mine.path,
      env: daemon.environment,
      encoding: "utf8",
    });
    expect(asked.stdout).toBe("connect\n\n");
  });
});
