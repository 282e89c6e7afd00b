import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { gitAt } from "../../kit/repositories/gitAt.ts";
import { ScratchRepository } from "../git/scratchRepository.ts";
import { BACKENDS, REFS, SessionPlace } from "./sessionPlace.ts";

const BRANCH = "refs/heads/clauderon/brave-otter";

/** What damages a checkout, what people read then, and what the hint says to do. */
const DAMAGES: Readonly<Record<string, readonly [damage: string, message: RegExp, repair: string]>> = {
  "an index that is empty": [
    `: > "$(git rev-parse --git-path index)"`,
    /^The index of .* is damaged: index file smaller than expected$/,
    `rm "$(git rev-parse --git-path index)"; git reset -q`,
  ],
  "a HEAD that is empty": [
    `: > "$(git rev-parse --git-path HEAD)"`,
    /^HEAD or another part of the git folder of .* is damaged: not a git repository/,
    `echo 'ref: ${BRANCH}' > "$folder/HEAD"`,
  ],
  "a branch that is empty": [
    `: > "$(git rev-parse --git-path ${BRANCH})"`,
    /^A branch or an object of .* is damaged: bad object clauderon\/brave-otter$/,
    `tail -n 1 "$common/logs/${BRANCH}" | cut -d ' ' -f 2 > "$common/${BRANCH}"`,
  ],
  "a repository that a newer git has changed": [
    "git config core.repositoryFormatVersion 1; git config extensions.aNewOne reftable",
    /^The git here is too old for the repository in .*: unknown repository extension found: anewone$/,
    `sed -i /aNewOne/d "$common/config"`,
  ],
};

/** The agent has work of every kind; then its checkout is damaged. */
async function damaged(backend: (typeof BACKENDS)[number], script: string) {
  const mine = new ScratchRepository();
  mine.write("tracked.log", "one\n");
  mine.run("add", ".");
  mine.write(".gitignore", "*.log\n");
  mine.commit("First");
  const place = await SessionPlace.begin({ backend, repository: mine.path });
  const shell = (text: string, env = {}) =>
    execFileSync("bash", ["--norc", "-ec", text], {
      cwd: place.checkout,
      env: { PATH: process.env["PATH"], HOME: "/nonexistent", ...env },
    });
  const folders = place.theirs.run("rev-parse", "--path-format=absolute", "--git-dir", "--git-common-dir").split("\n");
  place.theirs.run("commit", "--quiet", "--allow-empty", "--message", "Own");
  const own = place.theirs.run("rev-parse", "HEAD");
  shell("echo two > tracked.log; echo new > new");
  shell(script);
  const repair = (text: string) => shell(text, { folder: folders[0], common: folders[1] });
  const kept = (ref: string | undefined) => {
    const git = gitAt(mine.path);
    git.run("merge-base", "--is-ancestor", own, ref ?? "");
    return [git.run("show", `${ref}:tracked.log`), git.run("show", `${ref}:new`)];
  };
  return { place, repair, kept };
}

describe.each(BACKENDS)("a session, %s, with", (backend) => {
  it.each(Object.entries(DAMAGES))(
    "%s is not fetched or deleted, and the error says what to do",
    async (_, [damage, message, repair]) => {
      const world = await damaged(backend, damage);
      const fault = {
        code: "REPOSITORY_UNAVAILABLE",
        message: expect.stringMatching(message) as unknown,
        hint: expect.stringMatching(/^No file is lost|no work is lost/) as unknown,
      };
      await expect(world.place.pull()).rejects.toMatchObject(fault);
      await expect(world.place.end()).rejects.toMatchObject(fault);
      expect(readFileSync(join(world.place.checkout, "tracked.log"), "utf8")).toBe("two\n");
      world.repair(repair);
      expect(world.kept(await world.place.end())).toEqual(["two", "new"]);
    },
  );

  it.each([
    ["no index, keeps changes of tracked files that git ignores", `rm "$(git rev-parse --git-path index)"`],
    ["a HEAD that names no commit, keeps its branch", `echo ${"1".repeat(40)} > "$(git rev-parse --git-path HEAD)"`],
  ])("%s", async (_, damage) => {
    const { place, kept } = await damaged(backend, damage);
    const { commit } = await place.pull();
    expect(place.mine.run("show", `${commit}:tracked.log`)).toBe("two");
    expect(await place.end()).toBe(REFS.rescued);
    expect(kept(REFS.rescued)).toEqual(["two", "new"]);
  });
});
