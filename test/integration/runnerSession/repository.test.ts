import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { captureWork, readWork, restoreWork } from "@clauderon/git";
import { INCOMING_REF, WORK_REF } from "@clauderon/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { contentOf, ScratchRepository } from "../git/scratchRepository.ts";
import { Gateway } from "./gateway.ts";
import { POLL, SessionProcess } from "./sessionProcess.ts";
import type { ViewerClient } from "./viewerClient.ts";

const BRANCH = "clauderon/fix";
/** Many windows of credit, and incompressible. */
const BIG_BYTES = 3_000_000;

let mine: ScratchRepository;
let session: SessionProcess;
let client: ViewerClient;
let gateway: Gateway;
let workspace: string;

beforeEach(async () => {
  mine = new ScratchRepository();
  mine.write("kept.txt", "kept\n");
  mine.write("changed.txt", "before\n");
  mine.write("gone.txt", "gone\n");
  writeFileSync(join(mine.path, "big.bin"), randomBytes(BIG_BYTES));
  mine.commit("First");
  session = new SessionProcess({ session: { autostart: false }, work: "none" });
  client = await session.connect();
  gateway = await Gateway.start({ fix: session.socket });
  workspace = join(session.folder, "work");
});

/** What a person has not committed. */
function makeDirty(): void {
  mine.write("changed.txt", "staged\n");
  mine.run("add", "changed.txt");
  mine.write("changed.txt", "staged, then changed\n");
  mine.write("new żółw 'x' $(y).sh", "#!/bin/sh\n", 0o755);
  symlinkSync("kept.txt", join(mine.path, "link"));
  rmSync(join(mine.path, "gone.txt"));
}

/** Captures and pushes, as the daemon does. */
async function send(): Promise<string> {
  const { commit } = await captureWork(mine.git, { ref: "refs/clauderon/incoming/fix" });
  expect(await push(`${commit}:${INCOMING_REF}`)).toMatchObject({ code: 0 });
  return commit;
}

const push = (refspec: string) => gateway.git(mine.path, "push", "--force", "clauderon::fix", refspec);
const tip = (ref: string, folder = mine.path) => mine.at(folder, "rev-parse", ref).trim();

async function sendAndCheckout(id = 1): Promise<string> {
  const commit = await send();
  expect(await client.request({ type: "checkout", id, commit, branch: BRANCH })).toEqual({ type: "done", id });
  return commit;
}

describe("a session's repository", () => {
  it("is created from pushed work, staged or not, and returns what became of it", async () => {
    makeDirty();
    await sendAndCheckout();
    expect(contentOf(workspace)).toEqual(contentOf(mine.path));
    expect(mine.status(workspace)).toBe(mine.status());
    expect(mine.at(workspace, "symbolic-ref", "--short", "HEAD").trim()).toBe(BRANCH);
    expect(tip("HEAD", workspace)).toBe(tip("HEAD"));

    mine.at(workspace, "commit", "--quiet", "--message", "Agent's");
    renameSync(join(workspace, "kept.txt"), join(workspace, "moved.txt"));
    chmodSync(join(workspace, "changed.txt"), 0o755);
    const refs = [`+${WORK_REF}:refs/came/work`, `+refs/heads/${BRANCH}:refs/came/branch`];
    expect(await gateway.git(mine.path, "fetch", "clauderon::fix", ...refs)).toMatchObject({ code: 0 });
    expect(tip("refs/came/branch")).toBe(tip("HEAD", workspace));
    const { head } = await readWork(mine.git, tip("refs/came/work"));
    expect(head).toBe(tip("HEAD", workspace));
    const worktree = join(mine.folder, "back");
    mine.run("worktree", "add", "--quiet", "--detach", "--no-checkout", worktree, "refs/came/branch");
    await restoreWork(mine.git.in(worktree), tip("refs/came/work"));
    expect(contentOf(worktree)).toEqual(contentOf(workspace));
    expect(mine.status(worktree)).toBe(mine.status(workspace));
  });

  it("is created from a shallow clone, and returns its work to it", async () => {
    mine.write("second.txt", "2\n");
    mine.commit("Second");
    const shallow = join(mine.folder, "shallow");
    mine.run("clone", "--quiet", "--depth=1", `file://${mine.path}`, shallow);
    const { commit } = await captureWork(mine.git.in(shallow), { ref: "refs/clauderon/incoming/fix" });
    const pushed = await gateway.git(shallow, "push", "clauderon::fix", `+${commit}:${INCOMING_REF}`);
    expect(pushed).toMatchObject({ code: 0 });
    expect(await client.request({ type: "checkout", id: 1, commit, branch: BRANCH })).toEqual({ type: "done", id: 1 });
    expect(contentOf(workspace)).toEqual(contentOf(shallow));
    writeFileSync(join(workspace, "agents.txt"), "x");
    expect(await gateway.git(shallow, "fetch", "clauderon::fix", `${WORK_REF}:refs/came/work`)).toMatchObject({
      code: 0,
    });
    expect(mine.at(shallow, "ls-tree", "--name-only", "refs/came/work")).toContain("agents.txt\n");
  });

  it("has the requested object format, for work of that format", async () => {
    const theirs = new SessionProcess({ session: { autostart: false, objectFormat: "sha256" }, work: "none" });
    const asked = await theirs.connect();
    const way = await Gateway.start({ fix: theirs.socket });
    const modern = new ScratchRepository("--object-format=sha256");
    modern.write("a.txt", "a\n");
    modern.commit("First");
    const { commit } = await captureWork(modern.git, { ref: "refs/clauderon/incoming/fix" });
    expect(await way.git(modern.path, "push", "clauderon::fix", `+${commit}:${INCOMING_REF}`)).toMatchObject({
      code: 0,
    });
    expect(await asked.request({ type: "checkout", id: 1, commit, branch: BRANCH })).toEqual({ type: "done", id: 1 });
    expect(await way.git(modern.path, "fetch", "clauderon::fix", `${WORK_REF}:refs/came/work`)).toMatchObject({
      code: 0,
    });
    expect(modern.tip("refs/came/work^1")).toBe(modern.tip("HEAD"));
  });

  it("captures on request and for each fetch, and does not change the agent's index", async () => {
    await sendAndCheckout();
    writeFileSync(join(workspace, "one"), "1");
    const before = mine.status(workspace);
    const first = await client.request({ type: "capture", id: 5 });
    expect(first).toEqual({ type: "done", id: 5, commit: tip(WORK_REF, workspace) });
    expect(mine.at(workspace, "ls-tree", "--name-only", WORK_REF)).toContain("one\n");
    writeFileSync(join(workspace, "two"), "2");
    await gateway.git(mine.path, "fetch", "clauderon::fix", `${WORK_REF}:refs/came/work`);
    expect(mine.run("ls-tree", "--name-only", "refs/came/work")).toContain("two\n");
    rmSync(join(workspace, "two"));
    expect(mine.status(workspace)).toBe(before);
  });

  it("returns the requested ignored files, changed or new, and no others", async () => {
    const theirs = new SessionProcess({ session: { autostart: false, include: ["*.env", "out/"] }, work: "none" });
    const [asked, way] = [await theirs.connect(), await Gateway.start({ fix: theirs.socket })];
    mine.write(".gitignore", "*.env\nout/\n*.log\n");
    mine.write("a.env", "before\n");
    const { commit } = await captureWork(mine.git, { ref: "refs/clauderon/incoming/fix", include: ["*.env"] });
    await way.git(mine.path, "push", "--force", "clauderon::fix", `${commit}:${INCOMING_REF}`);
    expect(await asked.request({ type: "checkout", id: 1, commit, branch: BRANCH })).toEqual({ type: "done", id: 1 });
    const place = join(theirs.folder, "work");
    mkdirSync(join(place, "out"));
    for (const name of ["a.env", "out/new", "a.log"]) writeFileSync(join(place, name), "after\n");
    await way.git(mine.path, "fetch", "--quiet", "clauderon::fix", `${WORK_REF}:refs/came/work`);
    const came = mine.run("ls-tree", "-r", "--name-only", "refs/came/work");
    expect(came).toMatch(/^a\.env$[^]*^out\/new$/m);
    expect(came).not.toContain("a.log");
    expect(mine.run("show", "refs/came/work:a.env")).toBe("after\n");
  });

  it("moves forward to a pushed commit, and stays where the agent has work of its own", async () => {
    await sendAndCheckout();
    const forward = async (id: number) => {
      expect(await push(`HEAD:${INCOMING_REF}`)).toMatchObject({ code: 0 });
      return client.request({ type: "forward", id, commit: tip("HEAD") });
    };
    mine.write("changed.txt", "the user's\n");
    mine.commit("The user's");
    writeFileSync(join(workspace, "agents.txt"), "x");
    expect(await forward(2)).toEqual({ type: "done", id: 2, forwarding: "Uncommitted" });
    expect(tip("HEAD", workspace)).toBe(tip("HEAD^"));
    rmSync(join(workspace, "agents.txt"));
    expect(await forward(3)).toEqual({ type: "done", id: 3, forwarding: "Forwarded" });
    expect(tip(`refs/heads/${BRANCH}`, workspace)).toBe(tip("HEAD"));
    expect(mine.at(workspace, "symbolic-ref", "--short", "HEAD").trim()).toBe(BRANCH);
    expect(contentOf(workspace)).toEqual(contentOf(mine.path));
    expect(mine.status(workspace)).toBe("");
    mine.at(workspace, "commit", "--quiet", "--allow-empty", "--message", "The agent's");
    expect(await forward(4)).toEqual({ type: "done", id: 4, forwarding: "Ahead" });
    mine.write("changed.txt", "more\n");
    mine.commit("More");
    expect(await forward(5)).toEqual({ type: "done", id: 5, forwarding: "Diverged" });
    expect(mine.at(workspace, "log", "--format=%s", "-1").trim()).toBe("The agent's");
  });

  it("accepts a push only to the incoming ref", async () => {
    const below = `HEAD:${INCOMING_REF}/x`;
    // Before anything has come, too.
    expect(await push(below)).toMatchObject({ code: 1, stderr: expect.stringContaining("rejected") as unknown });
    await send();
    for (const refspec of ["HEAD:refs/heads/main", "HEAD:refs/clauderon/work", "HEAD:refs/tags/x", below]) {
      const { code, stderr } = await push(refspec);
      expect([refspec, code]).toEqual([refspec, 1]);
      expect(stderr).toMatch(/rejected/);
    }
    await push(`:${INCOMING_REF}`);
    expect(await push(below)).toMatchObject({ code: 1 });
    expect(mine.at(workspace, "for-each-ref", "--format=%(refname)").trim()).toBe(INCOMING_REF);
  });

  it("accepts objects that git's check refuses, checks out no path that would harm, and runs no hook", async () => {
    await send();
    for (const hook of ["pre-receive", "post-checkout"]) {
      writeFileSync(join(workspace, ".git/hooks", hook), "#!/bin/sh\ntouch ../hooked\n", { mode: 0o755 });
    }
    const blob = await mine.git.read(["hash-object", "-w", "--stdin"], { stdin: "x" });
    const tree = await mine.git.read(["mktree"], { stdin: `100644 blob ${blob}\t.git\n` });
    const commit = await mine.git.read(["commit-tree", "-m", "Bad", tree]);
    const index = await mine.git.read(["commit-tree", "-p", commit, "-m", "index", tree]);
    const message = `clauderon work 1\n\nhead: ${commit}\nindex: ${index}\n`;
    const work = await mine.git.read(["commit-tree", "-p", commit, "-p", index, "-m", message, tree]);
    expect(await push(`${work}:${INCOMING_REF}`)).toMatchObject({ code: 0 });
    expect(await client.request({ type: "checkout", id: 1, commit: work, branch: BRANCH })).toMatchObject({
      type: "error",
      message: expect.stringContaining("invalid path '.git'") as unknown,
    });
    expect(existsSync(join(workspace, "hooked"))).toBe(false);
  });

  it("is not changed by an interrupted push, and accepts the next", async () => {
    await send();
    const before = tip(INCOMING_REF, workspace);
    writeFileSync(join(mine.path, "bigger.bin"), randomBytes(20_000_000));
    mine.commit("Bigger");
    const pushing = push(`HEAD:${INCOMING_REF}`);
    const objects = join(workspace, ".git/objects");
    const quarantines = () => readdirSync(objects).filter((name) => name.startsWith("tmp_objdir"));
    await expect.poll(quarantines, { ...POLL, interval: 2 }).toHaveLength(1);
    gateway.cut();
    expect((await pushing).code).not.toBe(0);
    await expect.poll(quarantines, POLL).toEqual([]);
    expect(tip(INCOMING_REF, workspace)).toBe(before);
    expect(await push(`HEAD:${INCOMING_REF}`)).toMatchObject({ code: 0 });
  });

  it("serves many clients at once", async () => {
    await sendAndCheckout();
    const fetches = Array.from({ length: 5 }, (_, at) =>
      gateway.git(mine.path, "fetch", "--quiet", "clauderon::fix", `${WORK_REF}:refs/came/${at}`),
    );
    expect((await Promise.all(fetches)).map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
  });

  it("reports that nothing was pushed yet, that the pushed commit is not work, or that the branch is invalid", async () => {
    const { code, stderr } = await gateway.git(mine.path, "fetch", "clauderon::fix");
    expect([code, stderr]).toEqual([128, expect.stringContaining("There is no repository in")]);
    const commit = tip("HEAD");
    const refused = { type: "error", code: "REPOSITORY_UNAVAILABLE" };
    expect(await client.request({ type: "checkout", id: 1, commit, branch: BRANCH })).toMatchObject(refused);
    await push(`HEAD:${INCOMING_REF}`);
    expect(await client.request({ type: "checkout", id: 2, commit, branch: BRANCH })).toMatchObject(refused);
    const work = await send();
    expect(await client.request({ type: "checkout", id: 3, commit: work, branch: "../x" })).toMatchObject(refused);
    expect(readdirSync(workspace)).toEqual([".git"]);
  });

  it("is not created again from the same work, and keeps its content when it is created from other work", async () => {
    const first = await sendAndCheckout();
    writeFileSync(join(workspace, "kept.txt"), "the agent's");
    writeFileSync(join(workspace, "agent.txt"), "the agent's");
    await client.request({ type: "checkout", id: 2, commit: first, branch: BRANCH });
    expect(mine.status(workspace)).toMatch(/kept.txt[^]*agent.txt/);

    makeDirty();
    await sendAndCheckout(3);
    expect(contentOf(workspace)).toEqual(contentOf(mine.path));
    expect(mine.status(workspace)).toBe(mine.status());
    expect(mine.at(workspace, "show", "refs/clauderon/before:agent.txt")).toBe("the agent's");
  });

  it("is completed after the runner was killed while creating it", async () => {
    makeDirty();
    for (let at = 0; at < 400; at += 1) mine.write(`many/${at}`, `${at}`);
    const commit = await send();
    client.ask({ type: "checkout", id: 1, commit, branch: BRANCH });
    await expect.poll(() => existsSync(join(session.folder, "checkout.json")), { ...POLL, interval: 1 }).toBe(true);
    session.signal("SIGKILL");
    await session.exited;
    writeFileSync(join(workspace, ".git/index.lock"), "");
    const again = new SessionProcess({ folder: session.folder, session: { autostart: false }, work: "none" });
    const done = await (await again.connect()).request({ type: "checkout", id: 1, commit, branch: BRANCH });
    expect(done).toEqual({ type: "done", id: 1 });
    expect(contentOf(workspace)).toEqual(contentOf(mine.path));
    expect(mine.status(workspace)).toBe(mine.status());
  });

  it("has its work captured when the runner is stopped, after the agent's last output", async () => {
    await sendAndCheckout();
    await client.request({ type: "start", id: 7, prompt: "farewell" });
    await expect.poll(() => client.status?.turns, POLL).toBe(1);
    session.signal("SIGTERM");
    await session.exited;
    expect(session.exitCode).toBe(0);
    expect(mine.at(workspace, "show", `${WORK_REF}:farewell.txt`)).toBe("written at the end");
    expect(session.stderr).toContain(`The work is captured as ${tip(WORK_REF, workspace)}`);
  });
});
