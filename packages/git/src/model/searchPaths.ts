/**
 * Variables that say where programs and their code are. A relative entry, which an empty one is too, leads into the folder that
 * a program runs in. An agent may have written what is there.
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

/** The same for one file or folder of configuration. An empty one stands for none. */
const CONFIGURATION: readonly string[] = ["HOME", "XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"];

/** The environment without relative paths of configuration, and with those entries of its search paths alone that are absolute and pass. */
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
