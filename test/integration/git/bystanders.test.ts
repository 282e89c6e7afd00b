import { createHash } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { captureWork, createWorktree, forgetWork, forwardCheckout, removeWorktree } from "@clauderon/git";
import { expect, it } from "vitest";
import { fingerprint, plantBystanders } from "../../kit/bystanders.ts";
import { busyRepository } from "./busyRepository.ts";
import type { ScratchRepository } from "./scratchRepository.ts";
import { REFS, SESSION, SessionWorld } from "./sessionWorld.ts";

const ENVIRONMENT = { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent" };
const PLACE = { branch: `clauderon/${SESSION}`, owner: "3f1c" };

/** A repository that git would clean up at the next occasion, and in which that would lose the absent worktree. */
function overripe(): ScratchRepository {
  const repository = busyRepository();
  for (const [key, value] of [
    ["gc.auto", "1"],
    ["gc.autoPackLimit", "1"],
    ["gc.autoDetach", "false"],
    ["gc.worktreePruneExpire", "now"],
    ["receive.unpackLimit", "1"],
    ["fetch.unpackLimit", "1"],
  ] as const)
    repository.run("config", key, value);
  // git counts the loose objects of one folder, and takes two there for two times 256.
  for (let found = 0, text = 0; found < 2; text += 1) {
    const hash = createHash("sha1")
      .update(`blob ${String(text).length}\0${text}`)
      .digest("hex");
    if (!hash.startsWith("17")) continue;
    repository.feed(String(text), "hash-object", "-w", "--stdin");
    found += 1;
  }
  return repository;
}

it("a worktree is made, moved forward and removed, also after its folder was removed or spoilt, and all else stays", async () => {
  const repository = overripe();
  const { git } = repository;
  const bystanders = plantBystanders(repository.path, ENVIRONMENT);
  const before = fingerprint(repository.path, ENVIRONMENT);
  const path = join(repository.folder, "work");
  for (const spoil of [
    () => undefined,
    () => rmSync(path, { recursive: true }),
    () => rmSync(join(path, ".git")),
    () => repository.run("worktree", "lock", path),
  ]) {
    const { commit } = await captureWork(git, { ref: REFS.incoming });
    await createWorktree(git, { ...PLACE, path }, commit);
    repository.at(path, "reset", "--quiet", "--hard");
    repository.at(path, "clean", "--quiet", "-fd");
    const next = repository.run("commit-tree", "-p", "HEAD", "-m", "next", "HEAD^{tree}").trim();
    expect(await forwardCheckout(git.inTreeOfAgent(path), PLACE.branch, next)).toBe("Forwarded");
    spoil();
    await removeWorktree(git, { ...PLACE, path });
    await forgetWork(git, SESSION);
    expect(existsSync(path)).toBe(false);
    bystanders.check();
    expect(fingerprint(repository.path, ENVIRONMENT)).toEqual(before);
  }
});

it("work is sent to a repository elsewhere and fetched, and all else stays", async () => {
  const repository = overripe();
  const bystanders = plantBystanders(repository.path, ENVIRONMENT);
  const before = fingerprint(repository.path, ENVIRONMENT);
  const world = await SessionWorld.begin(repository);
  for (const name of ["a.txt", "b.txt", "c.txt"]) {
    world.commit(name);
    await world.pull();
  }
  await forgetWork(repository.git, SESSION);
  bystanders.check();
  expect(fingerprint(repository.path, ENVIRONMENT)).toEqual(before);
});
