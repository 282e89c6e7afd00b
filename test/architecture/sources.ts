import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "oxc-parser";

/** A source file: path relative to the root it was read from, its text, and the modules it names in any kind of import. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

/** Reads the TypeScript files below `root` that match any of the globs, with all their imports, type-only ones included. */
export function readSources(root: string, globs: readonly string[]): readonly Source[] {
  const paths = globs.flatMap((glob) =>
    globSync(glob, { cwd: root, exclude: ["**/node_modules/**", "**/fixtures/**"] }),
  );
  return paths.toSorted().map((path) => readSource(root, path));
}

/** Every text file that people write and read: all that are not source files, apart from generated ones. */
export function readTexts(root: string): readonly Pick<Source, "path" | "text">[] {
  const exclude = ["**/node_modules/**", "**/out/**", "package-lock.json", "charts/*/templates/crds/**", "docs/cli.md"];
  const paths = globSync("**/*.{md,yaml,yml,json,mjs,sh,go,c,tpl,txt}", { cwd: root, exclude });
  return paths.map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

function readSource(root: string, path: string): Source {
  const text = readFileSync(join(root, path), "utf8");
  const { module } = parseSync(path, text);
  const statics = module.staticImports.map((found) => found.moduleRequest.value);
  const exported = module.staticExports.flatMap((found) =>
    found.entries.flatMap((entry) => entry.moduleRequest?.value ?? []),
  );
  const dynamic = module.dynamicImports.map(({ moduleRequest }) =>
    text.slice(moduleRequest.start + 1, moduleRequest.end - 1),
  );
  return { path, text, imports: [...new Set([...statics, ...exported, ...dynamic])] };
}
