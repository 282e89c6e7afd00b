import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Git } from "@clauderon/git";
import { onTestFinished } from "vitest";

/** Git without any configuration. */
const ENVIRONMENT = {
  PATH: process.env["PATH"] ?? "",
  HOME: "/nonexistent",
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.invalid",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.invalid",
};

/** A repository in its own folder, which is deleted after the test. */
export class ScratchRepository {
  readonly folder = mkdtempSync(join(tmpdir(), "clauderon-git-"));
  readonly path = join(this.folder, "repo");
  readonly git: Git;

  /** More arguments of `git init`. */
  constructor(...init: readonly string[]) {
    onTestFinished(() => rmSync(this.folder, { recursive: true, force: true }));
    this.git = Git.ofUser(this.path, ENVIRONMENT);
    this.init(...init);
  }

  /** Makes the empty repository, also after it was removed. */
  init(...init: readonly string[]): void {
    mkdirSync(this.path);
    this.run("init", "--quiet", "--initial-branch=main", ...init);
  }

  /** Git for a user who has these variables too. */
  gitWith(variables: Readonly<Record<string, string>>): Git {
    return Git.ofUser(this.path, { ...ENVIRONMENT, ...variables });
  }

  run(...args: readonly string[]): string {
    return this.at(this.path, ...args);
  }

  /** The same with something to read. */
  feed(input: string | Uint8Array, ...args: readonly string[]): string {
    return execFileSync("git", args, { cwd: this.path, env: ENVIRONMENT, encoding: "utf8", input }).trim();
  }

  /** The commit a revision names. */
  tip(revision: string): string {
    return this.run("rev-parse", "--verify", revision).trim();
  }

  write(path: string, text: string, mode = 0o644): void {
    const file = join(this.path, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode });
  }

  commit(message: string): void {
    this.run("add", "--all");
    this.run("commit", "--quiet", "--message", message);
  }

  /** Everything that `git status` reports except the branch. */
  status(folder = this.path): string {
    return this.at(folder, "status", "--porcelain=v2", "--untracked-files=all");
  }

  at(folder: string, ...args: readonly string[]): string {
    return execFileSync("git", args, { cwd: folder, env: ENVIRONMENT, encoding: "utf8" });
  }
}

/** Every file of a checkout: its kind, whether it is executable, and what is in it. */
export function contentOf(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (name) => !/(^|\/)\.git(\/|$)/.test(name),
  );
  const entries = names.flatMap((name) => {
    const file = join(folder, name);
    const stat = lstatSync(file);
    if (stat.isDirectory()) return [];
    if (stat.isSymbolicLink()) return [[name, `link ${readlinkSync(file)}`]];
    const hash = createHash("sha256").update(readFileSync(file)).digest("hex").slice(0, 16);
    return [[name, `${(stat.mode & 0o100) === 0 ? "file" : "program"} ${hash}`]];
  });
  return Object.fromEntries(entries) as Record<string, string>;
}
