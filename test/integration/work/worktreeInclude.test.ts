import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { gitAt, type GitAt } from "../../kit/repositories/gitAt.ts";
import { BACKENDS, REFS, SessionPlace } from "./sessionPlace.ts";

const IGNORED = [
  ".env",
  ".env.local",
  "secrets/key",
  "secrets/deep/pem",
  "build/out.js",
  "packages/a/.env",
  "other.env",
];

let mine: GitAt;

function write(folder: string, name: string, text = `${name}\n`): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), "worktree include, "));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mine = gitAt(folder);
  mine.run("init", "--quiet", "--initial-branch=main");
  write(folder, ".gitignore", ["*.env", ".env*", "secrets/", "build/", ".worktreeinclude.local"].join("\n"));
  write(folder, "a.txt");
  mine.run("add", "--all");
  mine.run("commit", "--quiet", "--message", "First");
  for (const name of IGNORED) write(folder, name);
});

/** The ignored files that the session's checkout has. */
const ignoredIn = (folder: string) => IGNORED.filter((name) => existsSync(join(folder, name)));

describe.each(BACKENDS)("a .worktreeinclude, with backend %s", (backend) => {
  it("brings the ignored files that its lines match, as a .gitignore would read them, and their changes back", async () => {
    write(mine.folder, ".worktreeinclude", "# what we need\n.env*\n!.env.local\n\nsecrets/\n/other.env\n");
    const place = await SessionPlace.begin({ backend, repository: mine.folder });
    const wanted = [".env", "secrets/key", "secrets/deep/pem", "packages/a/.env", "other.env"];
    expect(ignoredIn(place.checkout).toSorted()).toEqual(wanted.toSorted());
    write(place.checkout, "secrets/key", "changed\n");
    const { commit, tree } = await place.pull();
    expect(mine.run("show", `${commit}:secrets/key`)).toBe("changed");
    // Nothing of it is ever committed by a merge.
    expect(mine.run("ls-tree", "-r", "--name-only", tree).split("\n")).toEqual([
      ".gitignore",
      ".worktreeinclude",
      "a.txt",
    ]);
    expect(readFileSync(join(mine.folder, "secrets/key"), "utf8")).toBe("secrets/key\n");
  });

  it("counts beside [sync] include, and comes along when git ignores it itself", async () => {
    writeFileSync(join(mine.folder, ".git/info/exclude"), ".worktreeinclude\n");
    write(mine.folder, ".worktreeinclude", "packages/\n");
    const place = await SessionPlace.begin({ backend, repository: mine.folder, include: ["build/*"] });
    expect(ignoredIn(place.checkout).toSorted()).toEqual(["build/out.js", "packages/a/.env"]);
    expect(existsSync(join(place.checkout, ".worktreeinclude"))).toBe(true);
  });

  it.each([
    ["a link", (path: string) => symlinkSync(join(mine.folder, "patterns"), path)],
    ["a named pipe", (path: string) => void execFileSync("mkfifo", [path])],
    ["a folder", (path: string) => mkdirSync(path)],
  ])("counts as nothing when an agent makes it %s", async (_, make) => {
    write(mine.folder, "patterns", "*\n");
    const place = await SessionPlace.begin({ backend, repository: mine.folder });
    make(join(place.checkout, ".worktreeinclude"));
    write(place.checkout, "other.env", "theirs\n");
    write(place.checkout, "new.txt");
    await place.pull();
    const names = mine.run("ls-tree", "-r", "--name-only", REFS.work).split("\n");
    expect([names.includes("new.txt"), names.includes("other.env")]).toEqual([true, false]);
  });
});
