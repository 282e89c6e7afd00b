import { counted } from "@clauderon/base/plural";
import type { Pulled } from "@clauderon/protocol";

/** What a pull has fetched, and how to look at it. */
export function pulledText(name: string, { branch, commits, uncommitted, changed }: Pulled): string {
  const commitsText = commits === 0 ? "no commits" : counted(commits, "commit");
  const filesText = uncommitted === 0 ? "no uncommitted changes" : counted(uncommitted, "uncommitted file");
  const news = changed ? "" : "nothing new; ";
  return `${name}: ${news}${commitsText} on ${branch}, ${filesText}\nRun \`clauderon diff ${name}\` to review it, or \`clauderon merge ${name}\` to merge it`;
}
