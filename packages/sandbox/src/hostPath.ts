import { lstatSync, readlinkSync, type Stats } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { Link } from "./model/sandboxArgs.ts";

/** More links on the way to a file than this are a circle, as the kernel sees it too. */
const MAX_LINKS = 40;

export interface HostPath {
  /** The path without links. */
  readonly real: string;
  /** The links on the way, in the order in which they are followed. */
  readonly links: readonly Link[];
}

/** Where a path leads, and by which links; undefined when nothing exists there. */
export function findHostPath(path: string): HostPath | undefined {
  const links: Link[] = [];
  let done = "/";
  let rest = partsOf(path);
  while (rest.length > 0) {
    const [name = "", ...further] = rest;
    const next = join(done, name);
    const found = tryLstat(next);
    if (found === undefined || links.length > MAX_LINKS) return undefined;
    if (found.isSymbolicLink()) {
      const target = readlinkSync(next);
      links.push({ path: next, target });
      rest = [...partsOf(target), ...further];
      if (isAbsolute(target)) done = "/";
    } else {
      done = next;
      rest = further;
    }
  }
  return { real: done, links };
}

/** Whether `path` is `folder` or within it. */
export const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder === "/" ? "/" : `${folder}/`);

/** The parts of a path; `..` remain, because they are about what a link leads to. */
const partsOf = (path: string) => path.split("/").filter((part) => part !== "" && part !== ".");

function tryLstat(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
