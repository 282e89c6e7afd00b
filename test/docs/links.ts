import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Relative links of a Markdown page that lead nowhere, as `page: link`. */
export function deadLinks(root: string, page: string): string[] {
  const text = readFileSync(join(root, page), "utf8").replace(/```[\s\S]*?```/g, "");
  return [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
    .map(([, link = ""]) => link)
    .filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(root, dirname(page), link)))
    .map((link) => `${page}: ${link}`);
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
