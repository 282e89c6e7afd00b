import { realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { SeedFile } from "@clauderon/agents";
import { Fault, messageOf } from "@clauderon/base";
import { makeFolder, moveAside, readPlainFile, replaceFile } from "@clauderon/files";
import { type Json, mergeJson } from "./model/mergeJson.ts";

/** No settings file of an agent is longer. */
const MAX_BYTES = 16_777_216;

/**
 * Merges each file into the existing one, readable only by the owner. An existing one that is not JSON, or not a
 * regular file, is moved aside. AGENT_UNAVAILABLE when writing fails.
 */
export function seedFiles(files: readonly SeedFile[]): void {
  for (const { path, content } of files) {
    try {
      if (!isFolder(dirname(path))) makeFolder(dirname(path));
      const merged = mergeJson(readJson(path), JSON.parse(content) as Json);
      replaceFile(path, `${JSON.stringify(merged, undefined, 2)}\n`);
    } catch (cause) {
      throw new Fault("AGENT_UNAVAILABLE", `Cannot write ${path}: ${messageOf(cause)}`, {
        cause,
        hint: "Free space on that disk and try again",
      });
    }
  }
}

/** True also for a link to a folder: the agent's conversations may be in there. */
function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function readJson(path: string): Json {
  try {
    const text = readPlainFile(realpathSync(path), MAX_BYTES)?.toString("utf8");
    if (text !== undefined) return JSON.parse(text) as Json;
  } catch {
    // It is missing, or was moved aside.
  }
  moveAside(path);
  return {};
}
