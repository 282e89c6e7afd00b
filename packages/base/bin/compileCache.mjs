// Imported by the commands of a person, after requireNode: keeps what V8 and Node made of our source, so that the next start is quick.
// It lies in `cache` of CLAUDERON_HOME, once there is one, and is code that will run: nobody else may write there.
// Nothing is imported by a name that Node 20 lacks: it would end with a riddle before requireNode can speak.
// No runner imports it: its HOME is its agent's, who could put code for the runner there.
import { lstatSync, mkdirSync } from "node:fs";
import module from "node:module";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

const { CLAUDERON_HOME, HOME } = process.env;
try {
  const directory = join(CLAUDERON_HOME ? resolve(CLAUDERON_HOME) : join(HOME || homedir(), ".clauderon"), "cache");
  if (isOurs(directory)) module.enableCompileCache({ directory });
} catch {
  // Starts slowly: no home, a full or read-only disk.
}

/** Whether it is a folder that we alone can write to; one that is missing is made. */
function isOurs(directory) {
  let found = lstatSync(directory, { throwIfNoEntry: false });
  if (found === undefined) {
    mkdirSync(directory, { mode: 0o700 });
    found = lstatSync(directory);
  }
  return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
}
