import type { Git } from "./git.ts";
import { CARRIER } from "./model/carrier.ts";
import { formatWork, type OtherTip } from "./model/work.ts";

export interface Joined {
  readonly head?: string | undefined;
  readonly others: readonly OtherTip[];
  /** Variables with the times of the commits (default: now). */
  readonly times?: Readonly<Record<string, string>>;
}

/** Captured work without files that has these commits as parents. */
export async function joinedTips(git: Git, { head, others, times = {} }: Joined): Promise<string> {
  const tree = await git.read(["hash-object", "-w", "-t", "tree", "--stdin"], { stdin: "" });
  const make = async (parents: readonly string[], text: string) => {
    const given = [...new Set(parents)].flatMap((parent) => ["-p", parent]);
    return await git.read(["commit-tree", ...given, tree], { environment: { ...CARRIER, ...times }, stdin: text });
  };
  const index = await make([], "index\n");
  const message = formatWork({ head, branch: undefined, index }, { others });
  const heads = head === undefined ? [] : [head];
  return await make([...heads, ...others.map(({ commit }) => commit), index], message);
}
