import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { installBubblewrap } from "../daemon/installBubblewrap.ts";
import { beginShell, type ShellOptions } from "./agentShell.ts";
import { installLfs, LFS_CONFIG } from "./lfs.ts";

beforeAll(installBubblewrap);

const POINTER = /^version https:\/\/git-lfs\.github\.com\/spec\/v1\noid sha256:/;

/** A user of Git LFS with one large file, and a session. */
async function begin(options: Partial<ShellOptions>) {
  const programs = mkdtempSync(join(tmpdir(), "lfs-"));
  onTestFinished(() => rmSync(programs, { recursive: true, force: true }));
  const shell = await beginShell({
    backend: "local",
    path: installLfs(join(programs, "bin")),
    home: { ".gitconfig": LFS_CONFIG },
    repository: { ".gitattributes": "*.big filter=lfs -text\n", "one.big": "the user's\n" },
    ...options,
  });
  expect(shell.mine.run("show", "HEAD:one.big")).toMatch(POINTER);
  return shell;
}

describe("an agent in a repository with Git LFS", () => {
  it.each([
    ["with the user's rights", false],
    ["in a sandbox", true],
  ])("has the content of large files, and commits pointers whose content the user has: %s", async (_where, sandbox) => {
    const { mine, ok } = await begin({ sandbox });
    expect(await ok("cat one.big; touch one.big; git status --short")).toBe("the user's\n");
    await ok("echo changed >> one.big; echo new > two.big; git add --all; git commit --quiet -m Large");
    for (const [name, content] of [
      ["one.big", "the user's\nchanged\n"],
      ["two.big", "new\n"],
    ] as const) {
      const pointer = mine.run("show", `clauderon/web:${name}`);
      expect(pointer).toMatch(POINTER);
      const [, oid = ""] = /oid sha256:(\w+)/.exec(pointer) ?? [];
      expect(readFileSync(join(mine.folder, ".git/lfs/objects", oid), "utf8")).toBe(content);
    }
  });

  it("has pointers in a pod, commits no content instead of them, reports why, and loses none of it", async () => {
    const { mine, ok, run, pull } = await begin({ backend: "kubernetes" });
    expect(await ok("cat one.big; touch one.big; git status --short")).toMatch(POINTER);
    await ok("git mv one.big moved.big; echo text > plain; git add --all; git commit --quiet -m Moved");
    await ok("echo new > two.big");
    const { code, err } = await run("git add --all");
    expect(code).not.toBe(0);
    expect(err).toContain('"two.big" belongs to Git LFS');
    await ok("git reset --quiet; echo more >> plain; git add plain; git commit --quiet -m Plain");
    const work = await pull();
    expect(mine.run("show", `${work}:moved.big`)).toMatch(POINTER);
    expect(mine.run("show", `${work}:two.big`)).toBe("new");
    expect(mine.run("ls-tree", "--name-only", "clauderon/brave-otter")).toBe(".gitattributes\nmoved.big\nplain");
  });

  it("has pointers in a pod whose image has Git LFS too, which loses no content there", async () => {
    const { mine, ok, run, pull } = await begin({ backend: "kubernetes", system: LFS_CONFIG });
    expect(await ok("cat one.big")).toMatch(POINTER);
    await ok("echo new > two.big");
    expect((await run("git add two.big")).code).not.toBe(0);
    expect(mine.run("show", `${await pull()}:two.big`)).toBe("new");
  });
});
