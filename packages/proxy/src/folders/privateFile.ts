import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { Fault, messageOf } from "@clauderon/base";

const OTHERS = 0o077;

/**
 * The text of a file that only this user can read and write. Throws a Fault if the file is missing, not regular, too
 * long, of another user, or open to others: a file that another user could write is not a policy, and one that another
 * user could read is not secret.
 */
export function readPrivateFile(path: string, maxBytes: number): string {
  const file = open(path);
  try {
    const { size, mode, uid, ...stat } = statOf(file);
    if (!stat.isFile) throw invalid(path, "it is not a regular file", "Replace it with a file");
    if (uid !== process.getuid?.())
      throw invalid(path, "another user owns it", "Change its owner to the user of the proxy");
    if ((mode & OTHERS) !== 0) {
      throw invalid(path, `its mode is ${(mode & 0o777).toString(8).padStart(4, "0")}`, `Run: chmod 600 ${path}`);
    }
    if (size > maxBytes) throw invalid(path, `it is longer than ${maxBytes} bytes`, "Shorten it");
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}

function open(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    throw new Fault("CONFIG_INVALID", `Cannot read ${path}: ${messageOf(cause)}`, { cause });
  }
}

function statOf(file: number) {
  const stat = fstatSync(file);
  return { size: stat.size, mode: stat.mode, uid: stat.uid, isFile: stat.isFile() };
}

function invalid(path: string, why: string, hint: string): Fault {
  return new Fault("CONFIG_INVALID", `Cannot use ${path}: ${why}`, { hint });
}
