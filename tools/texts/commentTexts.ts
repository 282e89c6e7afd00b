import { parseSync } from "oxc-parser";
import { sourceTexts, type Text } from "./sourceTexts.ts";

/** The comments of a TypeScript file, each with its line; line comments that follow each other are one text. */
export function commentTexts(file: string, source: string): readonly Text[] {
  const found: { start: number; end: number; text: string }[] = [];
  for (const { type, value, start, end } of parseSync(file, source).comments) {
    const text = value
      .replace(/^[\s*]+/gm, " ")
      .replace(/\s+/g, " ")
      .trim();
    const last = found.at(-1);
    const follows = type === "Line" && last !== undefined && /^\n[^\S\n]*$/.test(source.slice(last.end, start));
    if (follows) found.splice(-1, 1, { ...last, end, text: `${last.text} ${text}` });
    else found.push({ start, end, text });
  }
  return found.map(({ start, text }) => ({ file, place: `line ${source.slice(0, start).split("\n").length}`, text }));
}

/** The titles in a test file, with those of its tables. */
export function titleTexts(file: string, source: string): readonly Text[] {
  return sourceTexts(file, source).filter(({ place }) => /^(describe|it|each)$/.test(place));
}
