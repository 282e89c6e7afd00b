import { Fault, messageOf } from "@clauderon/base";

/** Causes that the user can fix, by the error codes of the system. */
const CAUSES: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EROFS: "the disk is read-only",
  EACCES: "the folder cannot be written",
  EPERM: "the folder cannot be written",
  EIO: "the disk has a fault",
};

/**
 * Runs work that writes to a repository. If the disk refuses, throws REPOSITORY_UNAVAILABLE instead of the system's
 * error.
 */
export async function onDisk<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const cause = CAUSES[(thrown as NodeJS.ErrnoException).code ?? ""];
    if (thrown instanceof Fault || cause === undefined) throw thrown;
    throw new Fault("REPOSITORY_UNAVAILABLE", `Cannot write in ${folder}, because ${cause}: ${messageOf(thrown)}`, {
      cause: thrown,
      hint: "Make the repository writable, or free some space, and try again",
    });
  }
}
