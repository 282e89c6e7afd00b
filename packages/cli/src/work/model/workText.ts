import { counted } from "@clauderon/base/plural";
import type { Pulled } from "@clauderon/protocol";

/** What a pull has brought, and how to look at it. */
export function pulledText(name: string, { branch, commits, uncommitted, changed }: Pulled): string {
  const commitsText = commits === 0 ? "no commits" : counted(commits, "commit");
  const filesText = uncommitted === 0 ? "nothing uncommitted" : `${counted(uncommitted, "file")} uncommitted`;
  const news = changed ? "" : "nothing new: ";
  return `${name}: ${news}${commitsText} on ${branch}, ${filesText}\nSee clauderon diff ${name}, clauderon merge ${name}`;
}
