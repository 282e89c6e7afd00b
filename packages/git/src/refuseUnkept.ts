import { Fault } from "@clauderon/base";
import type { Git } from "./git.ts";
import { unkeptOf } from "./model/work.ts";

/**
 * Throws REPOSITORY_UNAVAILABLE, naming the work, if a commit of `captureWork` does not hold work that no other place
 * has.
 */
export async function refuseUnkept(git: Git, work: string): Promise<void> {
  const unkept = unkeptOf(await git.read(["show", "--no-patch", "--format=%B", work]));
  const [first] = unkept;
  if (first === undefined) return;
  const more = unkept.length === 1 ? "" : ` (and ${unkept.length - 1} more)`;
  throw new Fault("REPOSITORY_UNAVAILABLE", `${first}${more}`, { hint: "Push or copy its work" });
}
