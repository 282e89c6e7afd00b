import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DOORS, LAYERS } from "../../layers.ts";
import type { Source } from "./sources.ts";

/** No source file is longer: which idea in it deserves its own name? */
const MAX_LINES = 300;

const SCOPE = "@clauderon/";

/** Imports that the layer rules do not allow, as `file imports module`. */
export function layerViolations(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => {
    const own = packageOf(source.path);
    if (own === undefined) return [];
    const rule: { imports: readonly string[] } | undefined = LAYERS[own as keyof typeof LAYERS];
    const allowed = [own, ...(rule?.imports ?? [])].map((name) => SCOPE + name);
    return source.imports
      .filter((module) => module.startsWith(SCOPE) && !allowed.includes(npmName(module)))
      .concat(source.imports.filter((module) => leavesPackage(source.path, module)))
      .map((module) => `${source.path} imports ${module}`);
  });
}

/** Imports of npm packages that the importing package's package.json does not name; tests may use the root's. */
export function undeclaredDependencies(sources: readonly Source[], root: string): string[] {
  return sources
    .filter((source) => !source.path.endsWith(".test.ts") && !source.path.endsWith(".contract.ts"))
    .flatMap((source) => {
      const declared = declaredBy(root, packageOf(source.path));
      return source.imports
        .filter((module) => !module.startsWith(".") && !module.startsWith("node:"))
        .filter((module) => !declared.includes(npmName(module)))
        .map((module) => `${source.path} imports ${module}, which its package.json does not name`);
    });
}

/** Imports of things that have one door, from elsewhere. */
export function doorViolations(sources: readonly Source[]): string[] {
  return sources
    .filter((source) => !source.path.endsWith(".test.ts"))
    .flatMap((source) =>
      source.imports
        .filter((module) => !(DOORS[doorOf(module)] ?? [""]).some((door) => source.path.startsWith(door)))
        .map((module) => `${source.path} imports ${module}`),
    );
}

/** Platform state touched away from the door: the environment outside config.ts, exits outside main.ts, signals outside `process` too. */
export function platformViolations(sources: readonly Source[]): string[] {
  return sources
    .filter((source) => !source.path.endsWith(".test.ts"))
    .flatMap(({ path, text }) => [
      ...(/\bprocess\.env\b/.test(text) && !isNamed(path, "config", "main") ? [`${path} reads process.env`] : []),
      ...(/\bprocess\.(exit|exitCode|on|once|kill)\b/.test(text) &&
      !isNamed(path, "main") &&
      packageOf(path) !== "process"
        ? [`${path} exits or handles signals`]
        : []),
    ]);
}

/** Files that import each other in a circle, by any kind of import, as `file -> file -> file`; each circle is reported once. */
export function circles(sources: readonly Source[]): string[] {
  const imports = new Map(sources.map(({ path, imports: modules }) => [path, filesOf(path, modules)]));
  const finished = new Set<string>();
  const visit = (path: string, way: readonly string[]): string[] => {
    if (way.includes(path)) return [[...way.slice(way.indexOf(path)), path].join(" -> ")];
    if (finished.has(path)) return [];
    const found = (imports.get(path) ?? []).flatMap((target) => visit(target, [...way, path]));
    finished.add(path);
    return found;
  };
  return sources.flatMap(({ path }) => visit(path, []));
}

const filesOf = (path: string, modules: readonly string[]) =>
  modules.filter((module) => module.startsWith(".")).map((module) => join(path, "..", module));

/** Files that are too long. */
export function lengthViolations(sources: readonly Pick<Source, "path" | "text">[]): string[] {
  return sources
    .map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }))
    .filter(({ lines }) => lines > MAX_LINES)
    .map(({ path, lines }) => `${path} has ${lines} lines`);
}

/** The name under which DOORS has a module: without the path inside an npm package. */
export function doorOf(module: string): string {
  return module.startsWith("node:") ? module : npmName(module);
}

const VAGUE = new Set(["utils", "helpers", "common", "manager", "service", "types", "misc"]);

/** Files and folders with names that say nothing. */
export function nameViolations(sources: readonly Source[]): string[] {
  return sources.map(({ path }) => path).filter((path) => path.split(/[/.]/).some((part) => VAGUE.has(part)));
}

function packageOf(path: string): string | undefined {
  return /^packages\/([^/]+)\//.exec(path)?.[1];
}

function leavesPackage(path: string, module: string): boolean {
  if (!module.startsWith("..") || path.endsWith(".test.ts")) return false;
  const target = join(path, "..", module);
  return packageOf(target) !== packageOf(path);
}

function isNamed(path: string, ...names: readonly string[]): boolean {
  return names.some((name) => path.endsWith(`/${name}.ts`));
}

function npmName(module: string): string {
  return module
    .split("/")
    .slice(0, module.startsWith("@") ? 2 : 1)
    .join("/");
}

function declaredBy(root: string, name: string | undefined): readonly string[] {
  const manifest = JSON.parse(readFileSync(join(root, "packages", name ?? "", "package.json"), "utf8")) as {
    name: string;
    dependencies?: Record<string, string>;
  };
  return [manifest.name, ...Object.keys(manifest.dependencies ?? {})];
}
