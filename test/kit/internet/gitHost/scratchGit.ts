import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gitEnvironment } from "./config.ts";

/** A real git client in an empty folder; it never asks anybody for a password. */
export interface ScratchGit {
  readonly folder: string;
  /** Runs git in the folder and returns its output; rejects with what git said. */
  readonly git: (...args: readonly string[]) => Promise<string>;
  /** Clones `url` into `work`, commits a file there and pushes it to `branch`. */
  readonly cloneAndPush: (url: string, branch: string) => Promise<void>;
  readonly remove: () => Promise<void>;
}

/** `config` is git configuration as for `git -c key=value`. */
export async function createScratchGit(config: Readonly<Record<string, string>> = {}): Promise<ScratchGit> {
  const folder = await mkdtemp(join(tmpdir(), "scratch-git-"));
  const settings = Object.entries(config).flatMap(([key, value]) => ["-c", `${key}=${value}`]);

  async function git(...args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)("git", [...settings, ...args], {
      cwd: folder,
      env: { ...gitEnvironment, HOME: folder, GIT_TERMINAL_PROMPT: "0" },
    });
    return stdout;
  }

  return {
    folder,
    git,
    async cloneAndPush(url, branch) {
      await git("clone", "-q", url, "work");
      await writeFile(join(folder, "work", "new.txt"), `for ${branch}\n`);
      await git("-C", "work", "add", "new.txt");
      await git("-C", "work", "commit", "-q", "-m", "Add new.txt");
      await git("-C", "work", "push", "-q", "origin", `HEAD:refs/heads/${branch}`);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The configuration by which git sends a token as GitHub's own checkout action does, without it being in a URL. */
export const withToken = (token: string) => ({
  "http.extraHeader": `Authorization: Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`,
});
