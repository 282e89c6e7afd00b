import { randomBytes } from "node:crypto";
import { lstatSync, mkdirSync, renameSync } from "node:fs";

/** Renames whatever has this name, so that the name is free: `<path>.aside-<hex>`. Nothing is lost. A missing one is fine. */
export function moveAside(path: string): void {
  try {
    renameSync(path, `${path}.aside-${randomBytes(4).toString("hex")}`);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "ENOENT") throw thrown;
  }
}

/** Makes a folder that only its owner can use, unless there is one; anything else of that name, a link too, moves aside. */
export function makeFolder(path: string): void {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there?.isDirectory() === true) return;
  if (there !== undefined) moveAside(path);
  mkdirSync(path, { recursive: true, mode: 0o700 });
}
