/** By these an outer git (a hook, an alias) would misdirect ours. */
const MISDIRECTING =
  /^GIT_(DIR|WORK_TREE|INDEX_FILE|PREFIX|COMMON_DIR|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|NAMESPACE|CONFIG_(COUNT|KEY|VALUE|PARAMETERS).*)$/;

/** The environment of a git that speaks English, never asks, takes no lock that it can do without, and is where we say. */
export function gitEnvironment(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept = Object.entries(environment).flatMap(([name, value]) =>
    value === undefined || MISDIRECTING.test(name) ? [] : [[name, value]],
  );
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "",
    GIT_OPTIONAL_LOCKS: "0",
  };
}

/** Who makes commits that only carry work from one place to another. */
export const CARRIER = {
  GIT_AUTHOR_NAME: "clauderon",
  GIT_AUTHOR_EMAIL: "clauderon@localhost",
  GIT_COMMITTER_NAME: "clauderon",
  GIT_COMMITTER_EMAIL: "clauderon@localhost",
} as const;
