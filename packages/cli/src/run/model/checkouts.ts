import type { ResolvedAgentJob } from "@clauderon/kinds";
import { Fault } from "@clauderon/base/fault";
import { expandHome } from "@clauderon/config";

/**
 * Reads `NAME=PATH` pairs that put a checkout on this machine in place of a Repository. A name that the AgentJob does
 * not refer to is refused, since a typing error would otherwise clone the wrong thing. A leading `~` becomes the user's
 * home, because shells do not expand it behind an equals sign.
 */
export function parseCheckouts(
  pairs: readonly string[],
  resolved: ResolvedAgentJob,
  userHome: string,
): ReadonlyMap<string, string> {
  const known = resolved.repositories.map(({ metadata }) => metadata.name);
  const checkouts = new Map<string, string>();
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    const [name, path] = [pair.slice(0, Math.max(0, equals)), pair.slice(equals + 1)];
    if (name === "" || path === "") throw new Fault("USAGE", `--repository needs NAME=PATH, got "${pair}"`);
    if (!known.includes(name)) {
      throw new Fault("USAGE", `AgentJob "${resolved.job.metadata.name}" does not refer to Repository "${name}"`, {
        hint: known.length === 0 ? "Add it to spec.repositoryRefs" : `It refers to: ${known.join(", ")}`,
      });
    }
    if (checkouts.has(name)) throw new Fault("USAGE", `--repository is given twice for "${name}"`);
    checkouts.set(name, expandHome(path, userHome));
  }
  return checkouts;
}
