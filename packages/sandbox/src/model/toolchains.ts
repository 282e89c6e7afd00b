/** A version manager, or another program that keeps what it installs in the user's home. */
interface Toolchain {
  readonly name: string;
  /** Tells its programs where its root is. Missing where the root must also be written to, as for a cache. */
  readonly variable?: string;
  /** The places of the root, relative to the home. The first that exists counts, unless the variable is set. */
  readonly folders: readonly string[];
  /** What of the root a sandbox shows; all of it when missing. Nothing that holds credentials is among it. */
  readonly shown?: readonly string[];
}

/**
 * Not among them: `~/.cargo`, because `credentials.toml` is there, and cargo writes its registry there. Its programs are on
 * PATH, and cargo makes a folder of its own in the session's home. The same goes for Go's `~/go`.
 */
const TOOLCHAINS: readonly Toolchain[] = [
  { name: "rustup", variable: "RUSTUP_HOME", folders: [".rustup"] },
  { name: "elan", variable: "ELAN_HOME", folders: [".elan"] },
  { name: "pyenv", variable: "PYENV_ROOT", folders: [".pyenv"] },
  { name: "rbenv", variable: "RBENV_ROOT", folders: [".rbenv"] },
  { name: "nodenv", variable: "NODENV_ROOT", folders: [".nodenv"] },
  { name: "goenv", variable: "GOENV_ROOT", folders: [".goenv"] },
  { name: "jenv", variable: "JENV_ROOT", folders: [".jenv"] },
  { name: "rvm", variable: "rvm_path", folders: [".rvm"] },
  { name: "nvm", variable: "NVM_DIR", folders: [".nvm", ".config/nvm"] },
  { name: "fnm", variable: "FNM_DIR", folders: [".local/share/fnm", ".fnm"] },
  { name: "n", variable: "N_PREFIX", folders: ["n"] },
  { name: "asdf", variable: "ASDF_DATA_DIR", folders: [".asdf"] },
  {
    name: "mise",
    variable: "MISE_DATA_DIR",
    folders: [".local/share/mise"],
    shown: ["installs", "shims", "plugins"],
  },
  { name: "volta", variable: "VOLTA_HOME", folders: [".volta"] },
  { name: "sdkman", variable: "SDKMAN_DIR", folders: [".sdkman"] },
  {
    name: "dotnet",
    variable: "DOTNET_ROOT",
    folders: [".dotnet"],
    shown: ["dotnet", "host", "sdk", "sdk-manifests", "shared", "packs", "templates", "tools"],
  },
  { name: "android", variable: "ANDROID_HOME", folders: ["Android/Sdk"] },
  { name: "java", variable: "JAVA_HOME", folders: [] },
  { name: "go", variable: "GOROOT", folders: [] },
  { name: "bun", folders: [".bun"], shown: ["bin", "install/global"] },
  { name: "uv", folders: [".local/share/uv"], shown: ["tools", "python"] },
  { name: "pipx", folders: [".local/share/pipx", ".local/pipx"], shown: ["venvs"] },
  { name: "ghcup", folders: [".ghcup"] },
];

/** Files of the home that version managers look for in HOME alone. They say which version counts where no folder does. */
export const VERSION_FILES: readonly string[] = [".tool-versions", ".asdfrc"];

/** mise's own choice of versions for all folders. */
const MISE = { variable: "MISE_GLOBAL_CONFIG_FILE", path: ".config/mise/config.toml" } as const;

/** Variables that tell a toolchain where it is. None of them holds a credential. */
export const TOOLCHAIN_VARIABLES: readonly string[] = [
  ...TOOLCHAINS.flatMap(({ variable }) => (variable === undefined ? [] : [variable])),
  MISE.variable,
];

type Environment = Readonly<Record<string, string | undefined>>;

export interface FoundToolchains {
  readonly variables: Readonly<Record<string, string>>;
  /** What a sandbox shows of them. */
  readonly readable: readonly string[];
}

/**
 * The toolchains of a user's environment and home, for a program whose HOME is another folder. `exists` says whether
 * there is such a file or folder.
 */
export function findToolchains(environment: Environment, exists: (path: string) => boolean): FoundToolchains {
  const { HOME: home = "" } = environment;
  const variables: Record<string, string> = {};
  const readable: string[] = [];
  const isThere = (place: string) => place.startsWith("/") && exists(place);
  for (const { variable, folders, shown } of TOOLCHAINS) {
    const places = [variable === undefined ? "" : (environment[variable] ?? ""), ...inHome(home, folders)];
    const root = places.find(isThere);
    if (root === undefined) continue;
    if (variable !== undefined) variables[variable] = root;
    readable.push(...(shown ?? ["."]).map((part) => (part === "." ? root : `${root}/${part}`)));
  }
  const mise = [environment[MISE.variable] ?? "", ...inHome(home, [MISE.path])].find(isThere);
  if (mise !== undefined) variables[MISE.variable] = mise;
  return { variables, readable: readable.filter(exists) };
}

const inHome = (home: string, paths: readonly string[]) => (home === "" ? [] : paths.map((path) => `${home}/${path}`));
