import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { gitAt } from "../../kit/repositories/gitAt.ts";
import { ScratchRepository } from "../git/scratchRepository.ts";
import { BACKENDS, REFS, SessionPlace } from "./sessionPlace.ts";

/** A session in a repository that has none of its objects itself, as after `git clone --shared`. */
async function begin(backend: (typeof BACKENDS)[number]) {
  const source = new ScratchRepository();
  source.write("readme", "one\n");
  source.commit("First");
  const folder = mkdtempSync(join(tmpdir(), "borrowed-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const mine = gitAt(join(folder, "mine"));
  execFileSync("git", ["clone", "--quiet", "--shared", source.path, mine.folder]);
  const place = await SessionPlace.begin({ backend, repository: mine.folder });
  const agent = (script: string) =>
    execFileSync("bash", ["--norc", "-ec", script], {
      cwd: place.checkout,
      encoding: "utf8",
      env: {
        PATH: process.env["PATH"],
        HOME: "/nonexistent",
        GIT_AUTHOR_NAME: "A",
        GIT_AUTHOR_EMAIL: "a@example.invalid",
        GIT_COMMITTER_NAME: "A",
        GIT_COMMITTER_EMAIL: "a@example.invalid",
      },
    }).trim();
  return { source, mine, place, agent };
}

describe.each(BACKENDS)("a session, %s, in a repository that borrows objects", (backend) => {
  it("keeps its work, and that of a clone that borrows from its own repository", async () => {
    const { mine, place, agent } = await begin(backend);
    agent("git commit -q --allow-empty -m Own; echo new > new");
    const clone = agent(
      "git clone -q --shared . ../clone; git -C ../clone commit -q --allow-empty -m Cloned; git -C ../clone rev-parse HEAD",
    );
    const own = agent("git rev-parse HEAD");
    expect(await place.end()).toBe(REFS.rescued);
    for (const commit of [own, clone]) mine.run("merge-base", "--is-ancestor", commit, REFS.rescued);
    expect(mine.run("show", `${REFS.rescued}:new`)).toBe("new");
    mine.run("fsck", "--connectivity-only");
  });

  it("loses nothing while what it borrows from is away", async () => {
    const { source, mine, place, agent } = await begin(backend);
    agent("git commit -q --allow-empty -m Own; echo new > new");
    const own = agent("git rev-parse HEAD");
    renameSync(source.path, `${source.path}-away`);
    const fault = {
      code: "REPOSITORY_UNAVAILABLE",
      message: `The repository borrows objects from ${join(source.path, ".git/objects")}, which does not exist`,
      hint: expect.stringContaining("no work is lost") as unknown,
    };
    await expect(place.pull()).rejects.toMatchObject(fault);
    await expect(place.end()).rejects.toMatchObject(fault);
    expect(readFileSync(join(place.checkout, "new"), "utf8")).toBe("new\n");
    renameSync(`${source.path}-away`, source.path);
    expect(await place.end()).toBe(REFS.rescued);
    mine.run("merge-base", "--is-ancestor", own, REFS.rescued);
  });
});
