import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { captureWork, createWorktree, removeWorktree } from "@clauderon/git";
import { describe, expect, it } from "vitest";
import { busyRepository } from "./busyRepository.ts";
import { contentOf, ScratchRepository } from "./scratchRepository.ts";

const REF = "refs/clauderon/work/brave-otter";
const OWNER = "3f1c";

const placeIn = (repository: ScratchRepository, name = "brave-otter") => ({
  path: join(repository.folder, "worktrees", name),
  branch: `clauderon/${name}`,
  owner: OWNER,
});

describe("captureWork", () => {
  it("does not change checkout, index, branches or stashes", async () => {
    const repository = busyRepository();
    const facts = () => [
      contentOf(repository.path),
      repository.status(),
      readFileSync(join(repository.path, ".git/index")).toString("base64"),
      repository.run("for-each-ref", "refs/heads", "refs/tags", "refs/stash"),
      repository.run("reflog"),
    ];
    const before = facts();
    const { commit } = await captureWork(repository.git, { ref: REF });
    expect(facts()).toEqual(before);
    expect(repository.run("rev-parse", REF)).toBe(`${commit}\n`);
  });

  it("works from a subfolder of the checkout, and runs no hook", async () => {
    const repository = busyRepository();
    repository.write(".git/hooks/reference-transaction", `#!/bin/sh\ntouch ${repository.folder}/hooked\n`, 0o755);
    const { commit } = await captureWork(repository.git.in(join(repository.path, "bin")), { ref: REF });
    expect(repository.run("ls-tree", "--name-only", commit)).toContain("untracked.sh");
    expect(existsSync(join(repository.folder, "hooked"))).toBe(false);
  });

  it("refuses a merge with conflicts and names the file", async () => {
    const repository = new ScratchRepository();
    repository.write("a.txt", "base\n");
    repository.commit("Base");
    repository.run("checkout", "--quiet", "-b", "other");
    repository.write("a.txt", "theirs\n");
    repository.commit("Theirs");
    repository.run("checkout", "--quiet", "main");
    repository.write("a.txt", "ours\n");
    repository.commit("Ours");
    expect(() => repository.run("merge", "other")).toThrow("Command failed");
    await expect(captureWork(repository.git, { ref: REF })).rejects.toMatchObject({
      code: "REPOSITORY_UNAVAILABLE",
      message: expect.stringMatching(/has conflicts, in "a\.txt"$/),
    });
  });

  it("reports which submodules and nested repositories are left out", async () => {
    const repository = new ScratchRepository();
    const other = new ScratchRepository();
    other.write("inside.txt", "inside\n");
    other.commit("Inside");
    repository.run("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", other.path, "vendor/known");
    repository.commit("With a submodule");
    repository.run("clone", "--quiet", other.path, "stranger");
    const { commit, notices } = await captureWork(repository.git, { ref: REF });
    expect(notices).toEqual([
      'The content of submodule "vendor/known" is not copied',
      '"stranger" is a separate repository and is not copied',
    ]);
    expect(repository.run("ls-tree", "-r", "--name-only", commit)).toBe(".gitmodules\nvendor/known\n");
  });

  it("includes requested ignored files", async () => {
    const repository = busyRepository();
    const { commit } = await captureWork(repository.git, { ref: REF, include: ["secrets/", "nothing/*"] });
    const names = repository.run("ls-tree", "-r", "--name-only", commit);
    expect([names.includes("secrets/key"), names.includes("build.log")]).toEqual([true, false]);
  });

  it("keeps the work of a repository that has no commit yet", async () => {
    const repository = new ScratchRepository();
    repository.write("first.txt", "first\n");
    const captured = await captureWork(repository.git, { ref: REF });
    expect(captured).toMatchObject({ head: undefined, branch: "main", notices: [] });
    expect(repository.run("ls-tree", "--name-only", captured.commit)).toBe("first.txt\n");
  });
});

describe("createWorktree", () => {
  it("has the same files, index and status as the checkout, on a branch of its own", async () => {
    const repository = busyRepository();
    const place = placeIn(repository);
    const { commit, head } = await captureWork(repository.git, { ref: REF, include: ["*.log", "secrets/**"] });
    const before = contentOf(repository.path);
    await createWorktree(repository.git, place, commit);
    expect(contentOf(place.path)).toEqual(before);
    expect(repository.status(place.path)).toBe(repository.status());
    expect(repository.at(place.path, "write-tree")).toBe(repository.run("write-tree"));
    expect(repository.at(place.path, "rev-parse", "HEAD")).toBe(`${head}\n`);
    expect(repository.at(place.path, "symbolic-ref", "HEAD")).toBe("refs/heads/clauderon/brave-otter\n");
    expect(repository.run("symbolic-ref", "HEAD")).toBe("refs/heads/main\n");
  });

  it("starts again where an earlier try was interrupted", async () => {
    const repository = busyRepository();
    const place = placeIn(repository);
    const { commit } = await captureWork(repository.git, { ref: REF });
    await createWorktree(repository.git, place, commit);
    rmSync(join(place.path, "kept.txt"));
    repository.run("worktree", "lock", place.path);
    await createWorktree(repository.git, place, commit);
    expect(repository.status(place.path)).toBe(repository.status());
    rmSync(place.path, { recursive: true });
    await createWorktree(repository.git, place, commit);
    expect(repository.status(place.path)).toBe(repository.status());
  });

  it("refuses a branch that belongs to someone else, or that has moved", async () => {
    const repository = busyRepository();
    const place = placeIn(repository);
    const { commit } = await captureWork(repository.git, { ref: REF });
    repository.run("branch", place.branch);
    const refused = { code: "SESSION_EXISTS", message: expect.stringContaining('Branch "clauderon/brave-otter"') };
    await expect(createWorktree(repository.git, place, commit)).rejects.toMatchObject(refused);
    repository.run("branch", "--quiet", "-D", place.branch);
    await createWorktree(repository.git, place, commit);
    await expect(createWorktree(repository.git, { ...place, owner: "another" }, commit)).rejects.toMatchObject(refused);
    await createWorktree(repository.git, place, commit);
    repository.at(place.path, "commit", "--quiet", "--allow-empty", "--message", "More");
    await expect(createWorktree(repository.git, place, commit)).rejects.toMatchObject(refused);
  });

  it("waits while another process writes the repository's configuration", async () => {
    const repository = busyRepository();
    const { commit } = await captureWork(repository.git, { ref: REF });
    repository.write(".git/config.lock", "");
    const creating = createWorktree(repository.git, placeIn(repository), commit);
    const writing = setTimeout(() => rmSync(join(repository.path, ".git/config.lock")), 200);
    await expect(creating.finally(() => clearTimeout(writing))).resolves.toBeUndefined();
  });

  it("serves ten sessions of one repository at once", async () => {
    const repository = busyRepository();
    const places = Array.from({ length: 10 }, (_, index) => placeIn(repository, `task-${index}`));
    await Promise.all(
      places.map(async (place) => {
        const { commit } = await captureWork(repository.git, { ref: `refs/clauderon/work/${place.branch}` });
        await createWorktree(repository.git, place, commit);
      }),
    );
    for (const { path } of places) expect(repository.status(path)).toBe(repository.status());
  });
});

describe("removeWorktree", () => {
  it("removes worktree, branch and marker, and can be repeated", async () => {
    const repository = busyRepository();
    const place = placeIn(repository);
    const before = [repository.run("worktree", "list"), readFileSync(join(repository.path, ".git/config"), "utf8")];
    const { commit } = await captureWork(repository.git, { ref: REF });
    await createWorktree(repository.git, place, commit);
    await removeWorktree(repository.git, place);
    await removeWorktree(repository.git, place);
    expect(existsSync(place.path)).toBe(false);
    expect(repository.run("branch", "--list", "clauderon/*")).toBe("");
    expect([repository.run("worktree", "list"), readFileSync(join(repository.path, ".git/config"), "utf8")]).toEqual(
      before,
    );
  });

  it("keeps the branch unless it is asked to remove it, and another session's branch always", async () => {
    const repository = busyRepository();
    const place = placeIn(repository);
    const { commit } = await captureWork(repository.git, { ref: REF });
    await createWorktree(repository.git, place, commit);
    await removeWorktree(repository.git, { path: place.path });
    await removeWorktree(repository.git, { ...place, owner: "another" });
    expect(repository.run("branch", "--list", "clauderon/*")).toContain("clauderon/brave-otter");
  });
});
