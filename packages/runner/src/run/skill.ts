import { cp, lstat, mkdir, readdir, realpath, rm } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { Fault } from "@clauderon/base";
import type { AgentConfig } from "@clauderon/protocol";
import { type CheckoutOptions, gitCredentials } from "./git/checkout.ts";
import { lastLine, transfer } from "./git/transfer.ts";
import { repositoryUrl } from "./git/model/repositoryUrl.ts";

type Skill = NonNullable<AgentConfig["skill"]>;

/**
 * Puts the folder `<name>` of the skill's repository at `target`, replacing what was there. Fetches only that folder of
 * one commit, if the host supports it. If a Repository of the run has the same owner and name, its token is used. Throws
 * REPOSITORY_UNAVAILABLE if the repository, the ref or the folder is missing, or if a symbolic link leads out of it.
 */
export async function installSkill(
  skill: Skill,
  target: string,
  options: CheckoutOptions & { readonly scratch: string; readonly repositories: AgentConfig["repositories"] },
): Promise<void> {
  const { name } = skill;
  const clone = join(options.scratch, "skill");
  await fetchFolder(skill, clone, options);
  const folder = join(clone, name);
  const isFolder = await lstat(folder).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  if (!isFolder) throw unavailable(skill, `there is no folder "${name}" in it at ${skill.ref}`);
  await refuseEscapes(skill, folder);
  await rm(target, { recursive: true, force: true });
  await mkdir(dirname(target), { recursive: true });
  await cp(folder, target, { recursive: true, verbatimSymlinks: true });
  await rm(clone, { recursive: true });
  options.journal.line("skill", `${name} from ${skill.repo} at ${skill.ref}`);
}

async function fetchFolder(
  skill: Skill,
  clone: string,
  options: CheckoutOptions & { readonly repositories: AgentConfig["repositories"] },
): Promise<void> {
  const [owner = "", repo = ""] = skill.repo.split("/");
  const url = repositoryUrl(options.gitHost, { owner, repo });
  const lender = options.repositories.find((each) => each.owner === owner && each.repo === repo);
  const credentials = lender === undefined ? [] : await gitCredentials(lender, options);
  if (skill.ref.startsWith("-")) throw unavailable(skill, `"${skill.ref}" cannot be a ref`);
  await mkdir(clone, { recursive: true });
  const steps = [
    ["init", "--quiet"],
    ["remote", "add", "origin", url],
    ...credentials.map(([key, value]) => ["config", "--add", key, value]),
    ["sparse-checkout", "set", "--no-cone", `/${skill.name}/`],
    ["fetch", "--progress", "--depth=1", "--filter=blob:none", "origin", skill.ref],
    ["checkout", "--quiet", "FETCH_HEAD"],
  ];
  for (const step of steps) {
    const done = await transfer(options.git.in(clone), step, options);
    if (done.code !== 0) throw unavailable(skill, lastLine(done.stderr));
  }
}

/** A dangling link is refused too, because its target may exist later. */
async function refuseEscapes(skill: Skill, folder: string): Promise<void> {
  const root = await realpath(folder);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) continue;
    const link = join(entry.parentPath, entry.name);
    const end = await realpath(link).catch(() => undefined);
    if (end !== undefined && (end === root || end.startsWith(root + sep))) continue;
    throw unavailable(skill, `the symbolic link ${relative(dirname(folder), link)} leads out of the skill's folder`);
  }
}

function unavailable({ name, repo, ref }: Skill, what: string): Fault {
  return new Fault("REPOSITORY_UNAVAILABLE", `Cannot install the skill "${name}" from ${repo}: ${what}`, {
    hint: `Check repo, name and ref (${ref}) of the AgentSkill`,
  });
}
