import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { commentTexts, titleTexts } from "./commentTexts.ts";
import { sourceTexts, type Text } from "./sourceTexts.ts";

const SOURCES = ["packages/*/src/**/*.ts"];
const NOT_SHOWN = ["**/*.test.ts", "**/*.contract.ts", "**/fixtures/**", "**/node_modules/**"];
const CODE = ["*.ts", "{packages,tools,test,bench}/**/*.ts"];
const PAGES = ["*.md", "docs/**/*.md", "charts/*/README.md"];
const COMMENTED = ["examples/*.yaml", "charts/*/values.yaml", "charts/*/Chart.yaml", "docs/*.yaml"];

/** Every text of the products that a user sees, by file. */
export function programTexts(root: string): readonly Text[] {
  const read = (file: string): string => readFileSync(join(root, file), "utf8");
  const paths = (globs: readonly string[]): readonly string[] =>
    globSync([...globs], { cwd: root, exclude: NOT_SHOWN }).toSorted();
  return [
    ...paths(SOURCES).flatMap((file) => sourceTexts(file, read(file))),
    ...paths(COMMENTED).flatMap((file) => yamlTexts(file, read(file))),
    ...paths(["charts/*/values.schema.json"]).flatMap((file) => schemaTexts(file, read(file))),
    ...paths(["charts/*/templates/NOTES.txt"]).flatMap((file) => paragraphTexts(file, read(file))),
  ];
}

/** The paragraphs and table rows of every page. */
export function pageTexts(root: string): readonly Text[] {
  return globSync(PAGES, { cwd: root, exclude: ["**/node_modules/**"] })
    .toSorted()
    .flatMap((file) => paragraphTexts(file, readFileSync(join(root, file), "utf8")));
}

/** What people read who change the code: comments, and the titles of tests. */
export function developerTexts(root: string): readonly Text[] {
  const all = globSync(CODE, { cwd: root, exclude: ["**/node_modules/**"] }).toSorted();
  return all.flatMap((file) => {
    const source = readFileSync(join(root, file), "utf8");
    return [...commentTexts(file, source), ...(/\.(test|contract)\.ts$/.test(file) ? titleTexts(file, source) : [])];
  });
}

/** Comments of a YAML file; those on lines that follow each other are one text. */
export function yamlTexts(file: string, source: string): readonly Text[] {
  const comments = source.split("\n").map((line) => /(?:^|\s)#\s?(.*)$/.exec(line)?.[1] ?? "");
  return paragraphTexts(file, comments.join("\n"));
}

/** Paragraphs, list items and table rows, each on one line. */
export function paragraphTexts(file: string, source: string): readonly Text[] {
  let section = "top";
  return source.split(/\n\s*\n|\n(?=\s*(?:[-*|#]|\d+\.)\s)/).flatMap((paragraph) => {
    const text = paragraph.replace(/\s+/g, " ").trim();
    if (text.startsWith("#")) section = text.replace(/^#+ /, "");
    return /\p{L}/u.test(text) ? [{ file, place: section, text }] : [];
  });
}

function schemaTexts(file: string, source: string): readonly Text[] {
  const found: Text[] = [];
  JSON.parse(source, (key: string, value: unknown) => {
    if (key === "description" && typeof value === "string") found.push({ file, place: key, text: value });
    return value;
  });
  return found;
}
