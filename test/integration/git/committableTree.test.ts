import { readdirSync } from "node:fs";
import { join } from "node:path";
import { captureWork, committableTree } from "@clauderon/git";
import { expect, it } from "vitest";
import { ScratchRepository } from "./scratchRepository.ts";

const REF = "refs/clauderon/work/x";

function begin() {
  const repository = new ScratchRepository();
  repository.write("kept.txt", "kept\n");
  repository.write("old.env", "tracked though ignored\n");
  repository.commit("First");
  const names = async (include: readonly string[]) => {
    const { commit } = await captureWork(repository.git, { ref: REF, include });
    const tree = await committableTree(repository.git, commit, REF);
    return { tree, commit, names: repository.run("ls-tree", "-r", "--name-only", tree).trim().split("\n") };
  };
  return { repository, names };
}

it("the committable tree leaves out ignored files, also by uncommitted rules, and keeps staged ones", async () => {
  const { repository, names } = begin();
  repository.write(".gitignore", "*.env\n");
  repository.write("deep/.gitignore", "/secret\n!b.env\n");
  for (const name of ["a.env", "deep/secret", "deep/b.env", "deep/c.env", "new.txt"]) repository.write(name, name);
  repository.write("old.env", "changed\n");
  repository.write("staged.env", "staged\n");
  repository.run("add", "--force", "staged.env");
  const before = repository.status();
  const found = await names(["**/*.env", "deep/secret"]);
  expect(found.names).toEqual([
    ".gitignore",
    "deep/.gitignore",
    "deep/b.env",
    "kept.txt",
    "new.txt",
    "old.env",
    "staged.env",
  ]);
  expect(repository.run("show", `${found.commit}:a.env`)).toBe("a.env");
  expect(repository.status()).toBe(before);
  expect(readdirSync(join(repository.path, ".git")).filter((name) => name.startsWith("clauderon"))).toEqual([]);
});

it("the committable tree is the work's own tree when nothing is ignored, with names of any kind", async () => {
  const { repository, names } = begin();
  repository.write("new\n'☂.txt", "new\n");
  repository.write("-x", "option\n");
  const { tree, commit } = await names([]);
  expect(tree).toBe(repository.tip(`${commit}^{tree}`));
});
