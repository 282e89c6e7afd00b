import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type Bystanders, plantBystanders } from "../../kit/bystanders.ts";

/**
 * The folder of a user with a home and a repository `web` of one commit; it is deleted after the test. Whatever the test does,
 * what else the user has in the repository must be the same at its end.
 */
export class UserFolder {
  readonly folder = mkdtempSync(join(tmpdir(), "clauderon-user-"));
  readonly home = join(this.folder, "home");
  readonly repository = join(this.folder, "web");
  /** Every variable that this user's programs have. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #bystanders: Bystanders;

  /** `variables` are added to PATH and HOME. */
  constructor(variables: Readonly<Record<string, string>> = {}) {
    this.environment = { PATH: process.env.PATH ?? "", HOME: this.home, ...variables };
    onTestFinished(() => this.leaveNothing());
    mkdirSync(this.home);
    mkdirSync(this.repository);
    this.git("init", "--quiet", "--initial-branch=main");
    writeFileSync(join(this.repository, "README.md"), "Hello\n");
    this.git("add", ".");
    this.git("-c", "user.name=U", "-c", "user.email=u@example.invalid", "commit", "--quiet", "--message", "First");
    this.#bystanders = plantBystanders(this.repository, this.environment);
  }

  git(...args: readonly string[]): string {
    return execFileSync("git", args, { cwd: this.repository, env: this.environment, encoding: "utf8" }).trimEnd();
  }

  protected leaveNothing(): void | Promise<void> {
    try {
      if (existsSync(this.repository)) this.#bystanders.check();
    } finally {
      rmSync(this.folder, { recursive: true, force: true });
    }
  }
}
