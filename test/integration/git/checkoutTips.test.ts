import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { captureWork } from "@clauderon/git";
import { expect, it } from "vitest";
import { ScratchRepository } from "./scratchRepository.ts";

/** More than are kept. Many more would not fit in the arguments of a program. */
const COUNT = 12_000;

it("captureWork keeps the newest commits that an agent left on no branch, however many there are", async () => {
  const repository = new ScratchRepository();
  repository.write("a.txt", "a\n");
  repository.commit("First");
  const head = repository.tip("HEAD");
  const marks = join(repository.folder, "marks");
  const commits = Array.from(
    { length: COUNT },
    (_, index) => `commit refs/left\nmark :${index + 1}\ncommitter A <a@b.c> ${index} +0000\ndata 0\nfrom ${head}\n\n`,
  );
  repository.feed(commits.join(""), "fast-import", "--quiet", "--force", `--export-marks=${marks}`);
  repository.run("update-ref", "-d", "refs/left");
  const left = [...readFileSync(marks, "utf8").matchAll(/ ([0-9a-f]+)$/gm)].map(([, commit]) => commit ?? "");
  const log = left.map((commit) => `${commit} ${head} A <a@b.c> 1 +0000\tcheckout: moving from ${commit} to main\n`);
  appendFileSync(join(repository.path, ".git/logs/HEAD"), log.join(""));
  const { commit } = await captureWork(repository.git.inTreeOfAgent(repository.path), { ref: "refs/clauderon/test" });
  const parents = new Set(repository.run("rev-list", "--parents", "--max-count=1", commit).trim().split(" "));
  expect([parents.has(left.at(-1) ?? ""), parents.has(left[0] ?? ""), parents.size]).toEqual([true, false, 10_003]);
});
