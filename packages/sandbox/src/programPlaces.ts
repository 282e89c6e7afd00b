import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { findToolchains } from "./model/toolchains.ts";
import { findHostPath } from "./hostPath.ts";

/** More entries than a folder of programs has. */
const MAX_ENTRIES = 10_000;

/** A word by which a file of settings shows that it may hold a credential. */
const CREDENTIAL = /env|secret|token|password|key/i;

type Environment = Readonly<Record<string, string | undefined>>;

/** The folders of PATH; relative ones name another place for each program. */
export const pathFolders = ({ PATH: path = "" }: Environment): readonly string[] =>
  path.split(":").filter((folder) => folder.startsWith("/"));

/** What the programs of an environment need beside the folders of PATH: their packages, and the toolchains behind them. */
export function programPlaces(environment: Environment, path: readonly string[]): readonly string[] {
  const { variables, readable } = findToolchains(environment, existsSync);
  const settings = [variables["MISE_GLOBAL_CONFIG_FILE"]].filter((file) => file !== undefined && !mayHoldSecret(file));
  return [
    ...path.flatMap((folder) => [...prefixParts(folder), ...linkedPrograms(folder)]),
    ...readable,
    ...(settings as readonly string[]),
  ];
}

/** What belongs to the `bin` of an installation that lies in one folder: packages of npm, or all of it if nothing else can be in there. */
function prefixParts(folder: string): readonly string[] {
  const real = findHostPath(folder)?.real;
  if (real === undefined || basename(real) !== "bin") return [];
  const prefix = dirname(real);
  const isWhole = ["conda-meta", "pyvenv.cfg", "release", "pkg/tool"].some((mark) => existsSync(join(prefix, mark)));
  return isWhole ? [prefix] : [join(prefix, "lib/node_modules")].filter(existsSync);
}

/** The programs that links in a folder lead to, each with its package. */
function linkedPrograms(folder: string): readonly string[] {
  return links(folder).flatMap((path) => {
    const real = findHostPath(path)?.real;
    if (real === undefined) return [];
    const [modules] = /^.*?\/node_modules(?=\/)/.exec(real) ?? [];
    const prefix = dirname(dirname(real));
    // The link itself is followed too, for the links on its way.
    return [path, modules ?? (existsSync(join(prefix, "pyvenv.cfg")) ? prefix : real)];
  });
}

function links(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true }).slice(0, MAX_ENTRIES);
    return entries.filter((entry) => entry.isSymbolicLink()).map(({ name }) => join(folder, name));
  } catch {
    return [];
  }
}

function mayHoldSecret(file: string): boolean {
  try {
    return CREDENTIAL.test(readFileSync(file, "utf8"));
  } catch {
    return true;
  }
}
