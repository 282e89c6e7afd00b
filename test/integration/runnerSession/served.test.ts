import { join } from "node:path";
import { captureWork } from "@clauderon/git";
import { INCOMING_REF, WORK_REF } from "@clauderon/protocol";
import { describe, expect, it } from "vitest";
import { ScratchRepository } from "../git/scratchRepository.ts";
import { Gateway } from "./gateway.ts";
import { SessionProcess } from "./sessionProcess.ts";

const BRANCH = "clauderon/fix";

/** A session that was made from a repository of one commit. */
async function begin() {
  const mine = new ScratchRepository();
  mine.write("a.txt", "a\n");
  mine.commit("First");
  const session = new SessionProcess({ session: { autostart: false }, work: "none" });
  const [client, gateway] = [await session.connect(), await Gateway.start({ fix: session.socket })];
  const { commit } = await captureWork(mine.git, { ref: "refs/clauderon/incoming/fix" });
  await gateway.git(mine.path, "push", "--force", "clauderon::fix", `${commit}:${INCOMING_REF}`);
  expect(await client.request({ type: "checkout", id: 1, commit, branch: BRANCH })).toEqual({ type: "done", id: 1 });
  return { mine, gateway, workspace: join(session.folder, "work") };
}

describe("a session's repository", () => {
  it("shows the session's branch as HEAD, wherever the agent is, and its work, and nothing else", async () => {
    const { mine, gateway, workspace } = await begin();
    const tip = mine.at(workspace, "rev-parse", `refs/heads/${BRANCH}`).trim();
    mine.at(workspace, "switch", "--quiet", "--create", "other");
    mine.at(workspace, "commit", "--quiet", "--allow-empty", "--message", "On another branch");
    mine.at(workspace, "tag", "v1");
    const head = await gateway.git(mine.path, "ls-remote", "--symref", "clauderon::fix", "HEAD");
    expect(head.stdout).toBe(`ref: refs/heads/${BRANCH}\tHEAD\n${tip}\tHEAD\n`);
    const { stdout } = await gateway.git(mine.path, "ls-remote", "clauderon::fix");
    const names = [...stdout.matchAll(/\t(.*)\n/g)].map(([, name]) => name);
    expect(names).toEqual(["HEAD", WORK_REF, `refs/heads/${BRANCH}`]);
  });

  it("is fetched and cloned without the name of a ref", async () => {
    const { mine, gateway, workspace } = await begin();
    mine.at(workspace, "commit", "--quiet", "--allow-empty", "--message", "The agent's");
    const tip = mine.at(workspace, "rev-parse", "HEAD");
    expect(await gateway.git(mine.path, "fetch", "clauderon::fix")).toMatchObject({ code: 0 });
    expect(mine.run("rev-parse", "FETCH_HEAD")).toBe(tip);
    const clone = join(mine.folder, "clone");
    expect(await gateway.git(mine.folder, "clone", "clauderon::fix", "clone")).toMatchObject({ code: 0 });
    expect([mine.at(clone, "branch", "--show-current").trim(), mine.at(clone, "rev-parse", "HEAD")]).toEqual([
      BRANCH,
      tip,
    ]);
  });
});
