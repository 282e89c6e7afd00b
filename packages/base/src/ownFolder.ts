import { Fault } from "./fault.ts";

/** What `lstat` reports about a folder. */
export interface FolderStat {
  readonly uid: number;
  readonly mode: number;
  isDirectory(): boolean;
}

/**
 * Throws CONFIG_INVALID for a folder of sockets that another user owns or can write in: anyone could listen there. A
 * folder that does not exist yet (undefined) is fine.
 */
export function refuseForeignFolder(path: string, stat: FolderStat | undefined, uid: number): void {
  if (stat === undefined || (stat.isDirectory() && stat.uid === uid && (stat.mode & 0o077) === 0)) return;
  throw new Fault("CONFIG_INVALID", `${path} is not private to this user: what listens there may not be the daemon`, {
    hint: "Remove it, or set CLAUDERON_HOME to a shorter path",
  });
}
