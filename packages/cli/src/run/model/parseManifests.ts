import { Fault } from "@clauderon/base/fault";
import { type Document, LineCounter, parseAllDocuments, type ScalarTag } from "yaml";

/** One object and its position, as `file:line`. */
export interface Manifest {
  readonly source: string;
  readonly object: unknown;
}

/** kubectl reads YAML 1.1, in which these are booleans too. */
const BOOLEANS: ScalarTag = {
  tag: "tag:yaml.org,2002:bool",
  default: true,
  test: /^(?:y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF)$/,
  resolve: (text) => /^(?:y|on)/i.test(text),
};

/** The objects of one text: its documents, with the items of a `List` in its place. Empty documents are left out. */
export function parseManifests(text: string, name: string): readonly Manifest[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    merge: true,
    customTags: (tags) => [...tags, BOOLEANS],
  });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => objectsOf(document, name, (offset) => lines.linePos(offset).line));
}

function objectsOf(document: Document.Parsed, name: string, lineOf: (offset: number) => number): readonly Manifest[] {
  const [error] = document.errors;
  if (error !== undefined) {
    const [what = ""] = error.message.split("\n", 1);
    throw new Fault("SPEC_INVALID", `${name}:${lineOf(error.pos[0])} is not YAML: ${what.replace(/:$/, "")}`);
  }
  const object: unknown = document.toJS();
  if (object === null || object === undefined) return [];
  const source = `${name}:${lineOf(document.contents?.range?.[0] ?? 0)}`;
  return itemsOf(object).map((item) => ({ source, object: item }));
}

function itemsOf(object: unknown): readonly unknown[] {
  const { apiVersion, kind, items } = object as { apiVersion?: unknown; kind?: unknown; items?: unknown };
  return apiVersion === "v1" && kind === "List" && Array.isArray(items) ? items : [object];
}
