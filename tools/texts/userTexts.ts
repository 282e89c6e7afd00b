import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sourceTexts, type Text } from "./sourceTexts.ts";

const SOURCES = ["packages/*/src/**/*.ts"];
const NOT_SHOWN = ["**/*.test.ts", "**/*.contract.ts", "**/fixtures/**", "**/node_modules/**"];
const PAGES = ["*.md", "docs/**/*.md", "charts/*/README.md"];
const COMMENTED = ["examples/*.yaml", "charts/*/values.yaml", "charts/*/Chart.yaml", "docs/*.yaml"];

/** Every text of the products that a user sees, by file. */
export function programTexts(root: string): readonly Text[] {
  const read = (file: string): string => readFileSync(join(root, file), "utf8");
  const paths = (globs: readonly string[]): readonly string[] =>
    globSync([...globs], { cwd: root, exclude: NOT_SHOWN }).toSorted();
  return [
    ...paths(SOURCES).flatMap((file) => sourceTexts(file, read(file))),
    ...paths(COMMENTED).flatMap((file) => commentTexts(file, read(file))),
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

/** Comments of a YAML file; those on lines that follow each other are one text. */
export function commentTexts(file: string, source: string): readonly Text[] {
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
