import { execFile } from "node:child_process";
import { access, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gitEnvironment as env } from "./config.ts";

const run = promisify(execFile);
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** One commit of a log, newest first. */
export interface Commit {
  readonly hash: string;
  readonly subject: string;
  /** `name <address>` */
  readonly author: string;
}

/** Bare repositories in a temporary folder, named `owner/name`, default branch `main`. */
export class Repositories {
  readonly #root: string;

  private constructor(root: string) {
    this.#root = root;
  }

  static async create(): Promise<Repositories> {
    return new Repositories(await mkdtemp(join(tmpdir(), "git-host-")));
  }

  /** Makes a repository with one commit that holds these files (path → text); an existing one is an error. */
  async seed(name: string, files: Readonly<Record<string, string>>): Promise<void> {
    const folder = this.folder(name);
    const work = await mkdtemp(join(this.#root, "seed-"));
    await mkdir(dirname(folder), { recursive: true });
    for (const [file, content] of Object.entries(files)) {
      await mkdir(dirname(join(work, file)), { recursive: true });
      await writeFile(join(work, file), content);
    }
    await this.#git(work, "init", "-q", "-b", "main");
    await this.#git(work, "add", "-A");
    await this.#git(work, "commit", "-q", "--allow-empty", "-m", "Seed");
    await this.#git(work, "clone", "-q", "--bare", work, folder);
    await this.#git(folder, "remote", "remove", "origin");
    await rm(work, { recursive: true });
  }

  async has(name: string): Promise<boolean> {
    return access(this.folder(name)).then(
      () => true,
      () => false,
    );
  }

  /** The commits of a branch, tag or hash, newest first; rejects when there is no such ref. */
  async log(name: string, ref = "main"): Promise<readonly Commit[]> {
    const lines = await this.#git(this.folder(name), "log", "--format=%H%x09%an <%ae>%x09%s", ref, "--");
    return lines.split("\n").map((line) => {
      const [hash = "", author = "", ...subject] = line.split("\t");
      return { hash, author, subject: subject.join("\t") };
    });
  }

  /** A file's text at a ref; rejects when there is no such file or ref. */
  async readFile(name: string, file: string, ref = "main"): Promise<string> {
    const { stdout } = await run("git", ["cat-file", "blob", `${ref}:${file}`], {
      cwd: this.folder(name),
      env,
      maxBuffer: MAX_FILE_BYTES,
    });
    return stdout;
  }

  /** The names of all branches, sorted. */
  async branches(name: string): Promise<readonly string[]> {
    const lines = await this.#git(this.folder(name), "for-each-ref", "--format=%(refname:short)", "refs/heads");
    return lines.split("\n").filter((line) => line !== "");
  }

  folder(name: string): string {
    return join(this.#root, `${name}.git`);
  }

  async remove(): Promise<void> {
    await rm(this.#root, { recursive: true, force: true });
  }

  async #git(cwd: string, ...args: readonly string[]): Promise<string> {
    const { stdout } = await run("git", args, { cwd, env });
    return stdout.trimEnd();
  }
}
