import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** Relative links of a Markdown page that lead nowhere, as `page: link`. */
export function deadLinks(root: string, page: string): string[] {
  const text = readFileSync(join(root, page), "utf8").replace(/```[\s\S]*?```/g, "");
  return [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
    .map(([, link = ""]) => link)
    .filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(root, dirname(page), link)))
    .map((link) => `${page}: ${link}`);
}

/** Source files and folders that a page names in backticks and that do not exist, as `page: path`. */
export function unknownPaths(root: string, page: string): string[] {
  const text = readFileSync(join(root, page), "utf8").replace(/```[\s\S]*?```/g, "");
  const named = [...text.matchAll(/`([\w./-]+\/[\w./-]*)`/g)].map(([, path = ""]) => path);
  const sources = globSync(["packages/**/*.ts", "tools/**/*.ts", "test/**/*.ts"], { cwd: root });
  const isKnown = (path: string) =>
    ["", "packages", dirname(page)].some((base) => existsSync(join(root, base, path))) ||
    sources.some((source) => `/${source}`.includes(`/${path}`));
  return named.filter((path) => /\.ts$|^[\w-]+\/src\//.test(path) && !isKnown(path)).map((path) => `${page}: ${path}`);
}

/** Numbers that more than one decision record has. */
export function sharedNumbers(records: readonly string[]): string[] {
  const numbers = records.map((record) => basename(record).slice(0, 4));
  return numbers.filter((number, at) => numbers.indexOf(number) !== at);
}

/** npm scripts that a page names and package.json does not have. */
export function unknownScripts(root: string, page: string): string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const text = readFileSync(join(root, page), "utf8");
  return [...text.matchAll(/npm run ([a-z0-9:-]+)/g)]
    .map(([, script = ""]) => script)
    .filter((script) => scripts[script] === undefined)
    .map((script) => `${page}: npm run ${script}`);
}
