import { realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import { readPlainFile } from "@clauderon/files";
import type { AgentGit } from "@clauderon/protocol";
import type { Git } from "./git.ts";
import { type AgentPlace, carriedSettings, overridesFor, pointerFilters } from "./model/agentSettings.ts";
import { foundSettings } from "./model/foundSettings.ts";

/** One ConfigMap must hold all files. */
const MAX_FILE_BYTES = 131_072;

export interface AgentGitOptions {
  readonly place: AgentPlace;
  /** The user's environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * The part of the user's git that an agent's git gets, as git in the user's repository finds it now. Omits a file that
 * is too long. If the user's git fails because its configuration is damaged, only the overrides are left.
 */
export async function readAgentGit(repository: Git, { place, environment }: AgentGitOptions): Promise<AgentGit> {
  const { code, stdout } = await repository.run(["config", "--show-scope", "-z", "--list"]);
  const found = code === 0 ? foundSettings(stdout.toString()) : [];
  const { HOME: home = "/nonexistent", XDG_CONFIG_HOME: configured } = environment;
  const xdg = configured?.startsWith("/") === true ? configured : join(home, ".config");
  const named = async (key: string, name: string) => {
    if (!found.some((setting) => setting.key === key.toLowerCase())) return read(join(xdg, "git", name));
    const path = await repository.ask(["config", "--type=path", "--get", key]);
    return path === undefined ? undefined : read(resolve(repository.folder, path));
  };
  const ofRepository = async (name: string) => {
    const path = await repository.ask(["rev-parse", "--path-format=absolute", "--git-path", name]);
    return path === undefined ? undefined : read(path);
  };
  return {
    config: [...carriedSettings(found, place)],
    overrides: [...overridesFor(place)],
    pointerFilters: [...pointerFilters(found, place)],
    excludes: await named("core.excludesFile", "ignore"),
    attributes: await named("core.attributesFile", "attributes"),
    // On this machine the agent's git uses the same git folder, so it finds these files itself.
    ...(place === "Apart" && {
      repositoryExcludes: await ofRepository("info/exclude"),
      repositoryAttributes: await ofRepository("info/attributes"),
    }),
  };
}

/** Follows links, because people keep these files elsewhere and link to them. */
function read(path: string): string | undefined {
  try {
    return readPlainFile(realpathSync(path), MAX_FILE_BYTES)?.toString("base64");
  } catch {
    return undefined;
  }
}
