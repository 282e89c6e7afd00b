/**
 * Variables that say where programs and their code are found. A relative entry, and also an empty one, means the folder
 * that a program runs in, where an agent may have written files.
 */
const SEARCHED: readonly string[] = [
  "PATH",
  "GIT_EXEC_PATH",
  "LD_PRELOAD",
  "LD_AUDIT",
  "LD_LIBRARY_PATH",
  "PYTHONPATH",
  "PYTHONHOME",
  "PERL5LIB",
  "PERLLIB",
  "RUBYLIB",
  "NODE_PATH",
];

/** Files and folders of configuration, of which each variable names one. An empty variable means none. */
const CONFIGURATION: readonly string[] = ["HOME", "XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"];

/** The environment without relative paths of configuration. Its search paths keep only the absolute entries that pass. */
export function withSearchPaths(
  environment: Readonly<Record<string, string>>,
  passes: (path: string) => boolean = () => true,
): Readonly<Record<string, string>> {
  const entries = Object.entries(environment).flatMap(([name, value]) => {
    if (CONFIGURATION.includes(name) && value !== "" && !value.startsWith("/")) return [];
    if (!SEARCHED.includes(name)) return [[name, value] as const];
    const kept = value.split(":").filter((path) => path.startsWith("/") && passes(path));
    return kept.length === 0 ? [] : [[name, kept.join(":")] as const];
  });
  return Object.fromEntries(entries);
}
