import { findRepositories, isBare } from "./findRepositories.ts";
import type { Git } from "./git.ts";
import { realOf } from "./innerPlace.ts";
import { isText, rawOf, textOf } from "./rawNames.ts";
import { isUnchangedClone } from "./unchangedClone.ts";

interface Search {
  /** The raw path of a checkout in the folder that is not searched. */
  readonly except?: string;
  /** `Checkout`: hidden folders hold what the agent works on, as in its tree. `Around`: programs have their caches there. */
  readonly where: "Checkout" | "Around";
}

/** So many are judged at the same time. */
const AT_ONCE = 8;

/**
 * The raw paths of repositories and worktrees in a folder that may hold work of an agent, by whatever name. Leaves out clones
 * that have nothing of their own, where nobody works in their files: bare ones, and those in hidden folders around a checkout.
 */
export async function agentRepositories(
  git: Git,
  folder: string,
  { except, where }: Search,
): Promise<readonly string[]> {
  const place = realOf(rawOf(folder));
  const found = await findRepositories(place, (path) => path === except);
  const isJudged = (path: string) =>
    isText(path) && (isBare(path) || (where === "Around" && path.slice(place.length).includes("/.")));
  const judged = found.filter(isJudged);
  const clones = new Set<string>();
  for (let at = 0; at < judged.length; at += AT_ONCE) {
    const some = judged.slice(at, at + AT_ONCE);
    const answers = await Promise.all(some.map((path) => isUnchangedClone(git.inTreeOfAgent(textOf(path)))));
    for (const [index, path] of some.entries()) if (answers[index] === true) clones.add(path);
  }
  return found.filter((path) => !clones.has(path));
}
