import { realpathSync } from "node:fs";
import { sep } from "node:path";

/** Whether a path leads out of the folder. Follows links. A path that does not exist is judged by its name. */
export function isOutside(path: string, folder: string): boolean {
  return !isWithin(path, folder) && !isWithin(realOf(path), realOf(folder));
}

const isWithin = (one: string, other: string) => `${one}${sep}`.startsWith(`${other}${sep}`);

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
