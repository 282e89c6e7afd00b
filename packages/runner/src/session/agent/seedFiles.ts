import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { SeedFile } from "@clauderon/agents";
import { type Json, mergeJson } from "./model/mergeJson.ts";

/** Merges each file into what is there, readable by the owner only. One that is there and no JSON is kept beside it. */
export function seedFiles(files: readonly SeedFile[]): void {
  for (const { path, content } of files) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const merged = mergeJson(readJson(path), JSON.parse(content) as Json);
    writeFileSync(`${path}.new`, `${JSON.stringify(merged, undefined, 2)}\n`, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }
}

function readJson(path: string): Json {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return {};
  }
  try {
    return JSON.parse(text) as Json;
  } catch {
    renameSync(path, `${path}.unreadable`);
    return {};
  }
}
