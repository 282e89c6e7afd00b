import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Fault, messageOf } from "@clauderon/base";
import { LineCounter, parseAllDocuments } from "yaml";

/** One YAML document and where it begins, as `file:line`. */
export interface Manifest {
  readonly source: string;
  readonly object: unknown;
}

const YAML_FILE = /\.(ya?ml|json)$/;

/**
 * All documents of the given files, in order; a folder stands for the YAML and JSON files in it, `-` for standard input.
 * Empty documents are left out. Throws FILE_UNREADABLE naming the file, or SPEC_INVALID naming the line of a syntax error.
 */
export function readManifests(paths: readonly string[]): readonly Manifest[] {
  return paths
    .flatMap(filesOf)
    .flatMap((file) => parseManifests(readText(file), file === "-" ? "standard input" : file));
}

/** The documents of one text. */
export function parseManifests(text: string, name: string): readonly Manifest[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) {
      throw new Fault(
        "SPEC_INVALID",
        `${name}:${lines.linePos(error.pos[0]).line} is not YAML: ${firstLine(error.message)}`,
      );
    }
    const object: unknown = document.toJS();
    if (object === null || object === undefined) return [];
    return { source: `${name}:${lines.linePos(document.contents?.range?.[0] ?? 0).line}`, object };
  });
}

function filesOf(path: string): readonly string[] {
  if (path === "-" || !isFolder(path)) return [path];
  const files = readdirSync(path).filter((file) => YAML_FILE.test(file));
  if (files.length === 0) throw new Fault("FILE_UNREADABLE", `Folder ${path} holds no .yaml, .yml or .json file`);
  return files.toSorted().map((file) => join(path, file));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function readText(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (cause) {
    throw new Fault("FILE_UNREADABLE", `Cannot read ${file}: ${messageOf(cause)}`, { cause });
  }
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
