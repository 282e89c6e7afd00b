import type { Git } from "./git.ts";

/** The scopes in which `git init` records what it finds out about the file system. */
const REPOSITORYS = /^(?:local|worktree)\t(true|false)$/gm;

/**
 * Arguments that make git distinguish `Case` from `case`, unless the repository itself says that its file system does
 * not. With core.ignoreCase=true in the user's own configuration, git would not see an untracked file beside a tracked
 * one.
 */
export async function caseRule(git: Git): Promise<readonly string[]> {
  const said = await git.ask(["config", "--show-scope", "--type=bool", "--get-all", "core.ignoreCase"]);
  const last = [...(said ?? "").matchAll(REPOSITORYS)].at(-1)?.[1];
  return ["-c", `core.ignoreCase=${last ?? "false"}`];
}
