import { expect, it } from "vitest";
import { damageOf } from "./damage.ts";

it.each([
  ["error: bad signature 0x62726167\nfatal: index file corrupt\n", "The index of /x is damaged: index file corrupt"],
  [
    "fatal: .git/index: index file smaller than expected\n",
    "The index of /x is damaged: index file smaller than expected",
  ],
  [
    "fatal: not a git repository (or any of the parent directories): .git\n",
    "HEAD or another part of the git folder of /x is damaged: not a git repository (or any of the parent directories): .git",
  ],
  ["warning: ignoring broken ref\nfatal: bad object HEAD\n", "A branch or an object of /x is damaged: bad object HEAD"],
  [
    "fatal: unknown repository extensions found:\n\trefstorage\n\tother\n",
    "The git here is too old for the repository in /x: unknown repository extensions found: refstorage other",
  ],
  [
    "error: unable to normalize alternate object path: /disk/objects\nfatal: git-write-tree: error building trees\n",
    "The repository borrows objects from /disk/objects, which does not exist",
  ],
  [
    "fatal: Expected git repo version <= 1, found 2\n",
    "The git here is too old for the repository in /x: Expected git repo version <= 1, found 2",
  ],
])("damageOf names the damage of %j, and says that no work is lost", (stderr, message) => {
  const damage = damageOf(stderr, "/x");
  expect(damage?.message).toBe(message);
  expect(damage?.hint).toMatch(/^No file is lost|no work is lost/);
});

it("damageOf says nothing about other failures, and where no git folder was expected", () => {
  expect(damageOf("fatal: couldn't find remote ref main\n", "/x")).toBeUndefined();
  expect(damageOf("fatal: not a git repository: /x\n", "/x", false)).toBeUndefined();
});
