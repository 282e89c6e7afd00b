import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Fault, messageOf } from "@clauderon/base/fault";
import { type Manifest, parseManifests } from "./model/parseManifests.ts";

const YAML_FILE = /\.(ya?ml|json)$/;

/**
 * All objects of the given files, in order; a folder stands for the YAML and JSON files in it, `-` for standard input.
 * Throws FILE_UNREADABLE naming the file, or SPEC_INVALID naming the line of a syntax error.
 */
export function readManifests(paths: readonly string[]): readonly Manifest[] {
  return paths
    .flatMap(filesOf)
    .flatMap((file) => parseManifests(readText(file), file === "-" ? "standard input" : file));
}

function filesOf(path: string): readonly string[] {
  if (path === "-" || !isFolder(path)) return [path];
  const files = readdirSync(path).filter((file) => YAML_FILE.test(file));
  if (files.length === 0) throw new Fault("FILE_UNREADABLE", `Folder ${path} contains no .yaml, .yml or .json file`);
  return files.toSorted().map((file) => join(path, file));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function readText(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    const message = isMissing ? `File ${file} does not exist` : `Cannot read ${file}: ${messageOf(cause)}`;
    throw new Fault("FILE_UNREADABLE", message, { cause });
  }
}
