import { DatabaseSync } from "node:sqlite";
import { Fault, messageOf } from "@clauderon/base";

/**
 * Takes the one lock of a CLAUDERON_HOME: SQLite's own on an empty database. The kernel releases it however the process
 * ends, so a killed daemon never leaves it behind. DAEMON_RUNNING when another process holds it.
 */
export function lockHome(path: string): { release(): void } {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    database.close();
    if ((cause as { errcode?: number }).errcode === SQLITE_BUSY) {
      throw new Fault("DAEMON_RUNNING", `Another daemon holds ${path}`, { cause });
    }
    throw new Fault("CONFIG_INVALID", `Cannot lock ${path}: ${messageOf(cause)}`, { cause });
  }
  return { release: () => database.close() };
}

const SQLITE_BUSY = 5;
