import type { Git } from "./git.ts";

/** The raw path that a `git rev-parse` with these arguments prints: a folder may have a name of any bytes. */
export async function rawPath(git: Git, args: readonly string[]): Promise<string> {
  const printed = await git.bytes(["rev-parse", "--path-format=absolute", ...args]);
  return printed.toString("latin1").replace(/\n$/, "");
}

/** The raw path of what git keeps for a checkout, such as its index. */
export const gitPath = (git: Git, name: string): Promise<string> => rawPath(git, ["--git-path", name]);
