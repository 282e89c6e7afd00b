import { appendFileSync, existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CaptureOptions, captureWork, createWorktree } from "@clauderon/git";
import { describe, expect, it } from "vitest";
import { contentOf, ScratchRepository } from "./scratchRepository.ts";

const REF = "refs/clauderon/incoming/brave-otter";

const capture = (repository: ScratchRepository, options: Partial<CaptureOptions> = {}) =>
  captureWork(repository.git, { ref: REF, ...options });

/** Takes a checkout's work to a worktree of its own, whose folder it returns. */
async function carry(repository: ScratchRepository): Promise<string> {
  const { commit } = await capture(repository);
  const path = join(repository.folder, "worktree");
  await createWorktree(repository.git, { path, branch: "clauderon/brave-otter", owner: "3f1c" }, commit);
  return path;
}

/** What a checkout and its worktree must agree in: files, index and status. */
const facts = (repository: ScratchRepository, path = repository.path) => ({
  content: contentOf(path),
  status: repository.status(path),
  index: repository.at(path, "write-tree"),
});

/** The facts of the worktree that a checkout's work was taken to. */
const carried = async (repository: ScratchRepository) => facts(repository, await carry(repository));

function repositoryWith(...init: readonly string[]): ScratchRepository {
  const repository = new ScratchRepository(...init);
  repository.write("a.txt", "first\n");
  repository.write("b/c.txt", "first\n");
  repository.commit("First");
  return repository;
}

const fileIn = (repository: ScratchRepository, commit: string, path: string) =>
  repository.run("cat-file", "blob", `${commit}:${path}`);

describe("captureWork and createWorktree", () => {
  it("carry the work of a detached HEAD", async () => {
    const repository = repositoryWith();
    repository.run("checkout", "--quiet", "--detach");
    repository.write("a.txt", "changed\n");
    expect(await carried(repository)).toEqual(facts(repository));
  });

  it("carry files that turned into folders, and folders that turned into files", async () => {
    const repository = repositoryWith();
    rmSync(join(repository.path, "b"), { recursive: true });
    repository.write("b", "a file now\n");
    rmSync(join(repository.path, "a.txt"));
    repository.write("a.txt/inside", "a folder now\n");
    expect(await carried(repository)).toEqual(facts(repository));
  });

  it("carry a repository of SHA-256 names", async () => {
    const repository = repositoryWith("--object-format=sha256");
    repository.write("a.txt", "changed\n");
    expect(await carried(repository)).toEqual(facts(repository));
  });

  it("carry a shallow clone", async () => {
    const origin = repositoryWith();
    origin.write("a.txt", "second\n");
    origin.commit("Second");
    const repository = new ScratchRepository();
    repository.run("fetch", "--quiet", "--depth=1", `file://${origin.path}`, "main");
    repository.run("reset", "--quiet", "--hard", "FETCH_HEAD");
    repository.write("new.txt", "new\n");
    expect(await carried(repository)).toEqual(facts(repository));
  });

  it("carry a sparse checkout, including what it does not show", async () => {
    const repository = repositoryWith();
    repository.run("sparse-checkout", "set", "--no-cone", "/*", "!/b");
    repository.write("a.txt", "changed\n");
    expect(existsSync(join(repository.path, "b"))).toBe(false);
    const path = await carry(repository);
    expect(repository.at(path, "write-tree")).toBe(repository.run("write-tree"));
    expect(repository.at(path, "ls-tree", "-r", "--name-only", REF)).toBe("a.txt\nb/c.txt\n");
    expect(repository.status(path)).toBe(repository.status());
  });

  it("carry line endings as git keeps them", async () => {
    const repository = repositoryWith();
    repository.run("config", "core.autocrlf", "true");
    repository.run("config", "core.safecrlf", "true");
    repository.write(".gitattributes", "*.bin -text\n");
    repository.write("dos.txt", "one\r\ntwo\r\n");
    repository.write("raw.bin", "one\r\ntwo\r\n");
    const { commit } = await capture(repository);
    expect(fileIn(repository, commit, "dos.txt")).toBe("one\ntwo\n");
    expect(fileIn(repository, commit, "raw.bin")).toBe("one\r\ntwo\r\n");
    const path = await carry(repository);
    expect(readFileSync(join(path, "dos.txt"), "utf8")).toBe("one\r\ntwo\r\n");
  });

  it("carry a split index without changing it", async () => {
    const repository = repositoryWith();
    repository.run("update-index", "--split-index");
    repository.write("a.txt", "changed\n");
    const before = repository.run("ls-files", "--stage");
    expect(await carried(repository)).toEqual(facts(repository));
    expect(repository.run("ls-files", "--stage")).toBe(before);
  });
});

describe("captureWork", () => {
  it("detects a change of the same size in the same second", async () => {
    const repository = repositoryWith();
    const file = join(repository.path, "a.txt");
    const second = new Date("2026-01-01T00:00:00Z");
    repository.run("config", "core.trustctime", "false");
    utimesSync(file, second, second);
    repository.run("add", "a.txt");
    utimesSync(join(repository.path, ".git/index"), second, second);
    writeFileSync(file, "FIRST\n");
    utimesSync(file, second, second);
    const { commit } = await capture(repository);
    expect(fileIn(repository, commit, "a.txt")).toBe("FIRST\n");
  });

  it("looks at files that the index says not to look at in an agent's tree, and not in the user's", async () => {
    const repository = repositoryWith();
    const odd = "-caf\u00e9\n.txt";
    repository.write(odd, "first\n");
    repository.write("gone.txt", "first\n");
    repository.commit("Second");
    repository.run("update-index", "--assume-unchanged", "a.txt", "gone.txt");
    repository.run("update-index", "--skip-worktree", "--", "b/c.txt", odd);
    for (const name of ["a.txt", "b/c.txt", odd]) repository.write(name, "of the agent\n");
    rmSync(join(repository.path, "gone.txt"));
    const before = repository.run("ls-files", "-v");
    const users = await capture(repository);
    expect(repository.run("diff", "--name-only", "HEAD", users.commit)).toBe("");
    const git = repository.git.inTreeOfAgent(repository.path);
    const agents = await captureWork(git, { ref: REF });
    for (const name of ["a.txt", "b/c.txt", odd])
      expect(fileIn(repository, agents.commit, name)).toBe("of the agent\n");
    expect(fileIn(repository, agents.commit, "gone.txt")).toBe("first\n");
    expect(repository.run("ls-files", "-v")).toBe(before);
  });

  it("treats an intent-to-add file as untracked", async () => {
    const repository = repositoryWith();
    repository.write("intended.txt", "intended\n");
    repository.run("add", "--intent-to-add", "intended.txt");
    const { commit, index } = await capture(repository);
    expect(fileIn(repository, commit, "intended.txt")).toBe("intended\n");
    expect(repository.run("ls-tree", "-r", "--name-only", index)).toBe("a.txt\nb/c.txt\n");
  });

  it("reports names without what a terminal would act on", async () => {
    const repository = repositoryWith();
    repository.run("init", "--quiet", "\u001b]52;c;aGk=\u0007");
    const { notices } = await capture(repository);
    expect(notices).toEqual(['"]52;c;aGk=" is a separate repository and is not copied']);
    const refused = repository.git.read(["cat-file", "-e", "\u009b31m"]);
    await expect(refused).rejects.toThrow(/^git cat-file failed in [^\u007f-\u009f]*$/);
  });

  it("omits a nested repository that has no commit yet", async () => {
    const repository = repositoryWith();
    repository.run("init", "--quiet", "begun");
    repository.write("begun/file", "x\n");
    repository.write("new.txt", "new\n");
    const { commit, notices } = await capture(repository);
    expect(notices).toEqual(['"begun" is a separate repository and is not copied']);
    expect(repository.run("ls-tree", "-r", "--name-only", commit)).toBe("a.txt\nb/c.txt\nnew.txt\n");
  });

  it("runs no program that a submodule's configuration names", async () => {
    const other = repositoryWith();
    const repository = repositoryWith();
    repository.run("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", other.path, "vendor");
    repository.commit("With a submodule");
    const trap = join(repository.folder, "trap.sh");
    writeFileSync(trap, `#!/bin/sh\ntouch ${repository.folder}/sprung\n`, { mode: 0o755 });
    repository.at(join(repository.path, "vendor"), "config", "filter.trap.clean", trap);
    repository.write("vendor/.gitattributes", "* filter=trap\n");
    repository.write("vendor/a.txt", "FIRST\n");
    await capture(repository);
    expect(existsSync(join(repository.folder, "sprung"))).toBe(false);
  });

  it("reports a rebase in progress", async () => {
    const repository = repositoryWith();
    repository.write("a.txt", "second\n");
    repository.commit("Second");
    repository.at(repository.path, "-c", "sequence.editor=sed -i s/pick/edit/", "rebase", "--quiet", "-i", "HEAD^");
    const { notices, branch } = await capture(repository);
    expect(notices).toEqual(["The rebase in progress is not copied"]);
    expect(branch).toBeUndefined();
  });

  it("works in a linked worktree, with its own index and HEAD", async () => {
    const repository = repositoryWith();
    const linked = join(repository.folder, "linked");
    repository.run("worktree", "add", "--quiet", "-b", "side", linked);
    writeFileSync(join(linked, "staged.txt"), "staged\n");
    repository.at(linked, "add", "staged.txt");
    const captured = await captureWork(repository.git.in(linked), { ref: REF });
    expect(captured.branch).toBe("side");
    expect(repository.run("ls-tree", "-r", "--name-only", captured.index)).toBe("a.txt\nb/c.txt\nstaged.txt\n");
  });

  it("keeps other branches and stashes of a repository that is deleted with its session", async () => {
    const repository = repositoryWith();
    repository.run("checkout", "--quiet", "-b", "other");
    repository.write("other.txt", "other\n");
    repository.commit("On another branch");
    repository.run("checkout", "--quiet", "main");
    for (const text of ["one\n", "two\n"]) {
      repository.write("a.txt", text);
      repository.run("stash", "--quiet");
    }
    const tips = ["other", "stash@{0}", "stash@{1}"].map((name) => repository.run("rev-parse", name));
    const { commit, index, head } = await capture(repository, { scope: "Repository" });
    const parents = repository.run("rev-list", "--parents", "--max-count=1", commit).trim().split(" ").slice(1);
    expect([parents.at(0), parents.at(-1)]).toEqual([head, index]);
    for (const tip of tips) expect(parents).toContain(tip.trim());
  });
});

/** A filter that stores a pointer instead of content, as LFS does, and logs each run. */
function filtering(): ScratchRepository {
  const repository = repositoryWith();
  repository.write(".gitattributes", "*.big filter=pointer\n");
  repository.run("config", "filter.pointer.clean", `touch ${repository.folder}/cleaned; wc -c | tr -d ' '`);
  repository.run("config", "filter.pointer.smudge", "tr -d '\\n' | xargs -I{} head -c {} /dev/zero | tr '\\0' x");
  repository.write("film.big", "x".repeat(1_000));
  repository.commit("A pointer");
  rmSync(join(repository.folder, "cleaned"));
  return repository;
}

describe("filters", () => {
  it("keep pointers, and restore content where the filter is configured", async () => {
    const repository = filtering();
    repository.write("second.big", "x".repeat(2_000));
    const { commit } = await capture(repository);
    expect([fileIn(repository, commit, "film.big"), fileIn(repository, commit, "second.big")]).toEqual([
      "1000\n",
      "2000\n",
    ]);
    expect(await carried(repository)).toEqual(facts(repository));
  });

  it("do not run when only the repository configures them, because an agent may have done so", async () => {
    const repository = filtering();
    repository.run("config", "filter.a=b.clean", `touch ${repository.folder}/cleaned`);
    repository.write(".gitattributes", "*.big filter=pointer\n*.odd filter=a=b\n");
    repository.write("second.big", "x".repeat(2_000));
    repository.write("second.odd", "x");
    const { commit } = await captureWork(repository.git.inTreeOfAgent(repository.path), {
      ref: "refs/clauderon/work/agent",
    });
    expect(existsSync(join(repository.folder, "cleaned"))).toBe(false);
    expect(fileIn(repository, commit, "second.big")).toBe("x".repeat(2_000));
  });

  it.each([
    ["do not run", "configures them", "x\n"],
    ["run", "does not configure them, but the user", "cleaned\n"],
  ])("%s when the repository %s, by names that are not UTF-8", async (_, owner, stored) => {
    const repository = repositoryWith();
    const file = owner === "configures them" ? ".git/config" : "../global";
    const driver = `\n[filter "caf\xe9"]\n\tclean = "true '\xe9 \\"%'; echo cleaned"\n`;
    appendFileSync(join(repository.path, file), Buffer.from(driver, "latin1"));
    writeFileSync(join(repository.path, ".gitattributes"), Buffer.from("*.odd filter=caf\xe9\n", "latin1"));
    repository.write("a.odd", "x\n");
    const git = repository.gitWith({ GIT_CONFIG_GLOBAL: join(repository.folder, "global") });
    const { commit } = await captureWork(git.inTreeOfAgent(repository.path), { ref: REF });
    expect(fileIn(repository, commit, "a.odd")).toBe(stored);
  });
});
