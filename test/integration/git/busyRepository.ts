import { chmodSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { ScratchRepository } from "./scratchRepository.ts";

/** A checkout in every state that a file can be in. */
export function busyRepository(): ScratchRepository {
  const repository = new ScratchRepository();
  for (const name of ["kept", "staged", "both", "unstaged", "gone", "gone-staged", "moved", "turned"]) {
    repository.write(`${name}.txt`, `${name}\n`.repeat(5));
  }
  repository.write("bin/tool", "#!/bin/sh\n", 0o755);
  repository.write(".gitignore", "*.log\nsecrets/\n");
  repository.commit("First");
  repository.write("later.txt", "not pushed\n");
  repository.commit("Second, not pushed");
  repository.write("staged.txt", "staged\n");
  repository.write("both.txt", "staged\n");
  repository.write("added.txt", "staged and new\n");
  rmSync(join(repository.path, "gone-staged.txt"));
  renameSync(join(repository.path, "moved.txt"), join(repository.path, "moved to.txt"));
  repository.run("add", "staged.txt", "both.txt", "added.txt", "gone-staged.txt", "moved.txt", "moved to.txt");
  repository.write("both.txt", "and then changed\n");
  repository.write("unstaged.txt", "changed\n");
  rmSync(join(repository.path, "gone.txt"));
  chmodSync(join(repository.path, "kept.txt"), 0o755);
  rmSync(join(repository.path, "turned.txt"));
  symlinkSync("kept.txt", join(repository.path, "turned.txt"));
  symlinkSync("/nowhere/at all", join(repository.path, "dangling"));
  repository.write('zażółć/gęślą "jaźń"\t$(touch x)\n.txt', "untracked\n");
  repository.write("-rf", "untracked\n");
  repository.write("untracked.sh", "#!/bin/sh\n", 0o755);
  repository.write("build.log", "ignored\n");
  repository.write("secrets/key", "ignored\n");
  return repository;
}
