import { chmodSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { Fault, messageOf } from "@clauderon/base";

/** Each step brings the schema from the version of its index to the next; a released step never changes. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE sessions (
     name TEXT PRIMARY KEY,
     uid TEXT NOT NULL UNIQUE,
     created_time TEXT NOT NULL,
     spec TEXT NOT NULL,
     commit_name TEXT NOT NULL DEFAULT '',
     wanted TEXT NOT NULL DEFAULT 'Running',
     started INTEGER NOT NULL DEFAULT 0,
     restart INTEGER NOT NULL DEFAULT 0,
     discard_work INTEGER NOT NULL DEFAULT 0,
     failure TEXT,
     rescued_ref TEXT
   ) STRICT;
   CREATE TABLE prompts (
     name TEXT PRIMARY KEY REFERENCES sessions (name) ON DELETE CASCADE,
     prompt TEXT NOT NULL
   ) STRICT;`,
  "ALTER TABLE sessions ADD COLUMN saved INTEGER NOT NULL DEFAULT 0",
  "ALTER TABLE sessions ADD COLUMN credentials TEXT NOT NULL DEFAULT '[]'",
  "ALTER TABLE sessions ADD COLUMN notices TEXT NOT NULL DEFAULT '[]'",
  "ALTER TABLE sessions ADD COLUMN place TEXT",
  "ALTER TABLE sessions ADD COLUMN fetched_bytes INTEGER NOT NULL DEFAULT 0",
];

/**
 * Opens the registry's database and brings its schema up to date, each step in its own transaction. REGISTRY_UNREADABLE
 * when it is damaged or a newer daemon made it; the file then stays as it is.
 */
export function openDatabase(path: string): DatabaseSync {
  try {
    return open(path);
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault("REGISTRY_UNREADABLE", `Cannot read ${path}: ${messageOf(cause)}`, {
      cause,
      hint: "Restore it from a backup, or move it away: with an empty registry the daemon adopts what it finds in Kubernetes",
    });
  }
}

function open(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: 5_000 });
  try {
    chmodSync(path, 0o600);
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    const check = database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
    if (check !== "ok") throw new Error(String(check));
    migrate(database, path);
    return database;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

function migrate(database: DatabaseSync, path: string): void {
  const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
  if (version > MIGRATIONS.length) {
    throw new Fault("REGISTRY_UNREADABLE", `${path} was written by a newer clauderon (schema ${version})`, {
      hint: "Update clauderon, or set CLAUDERON_HOME to another folder",
    });
  }
  for (const [index, step] of MIGRATIONS.entries()) {
    if (index >= version) inTransaction(database, () => database.exec(`${step}; PRAGMA user_version = ${index + 1}`));
  }
}

/** Applies all of the change, or nothing. */
export function inTransaction(database: DatabaseSync, change: () => void): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    change();
    database.exec("COMMIT");
  } catch (thrown) {
    database.exec("ROLLBACK");
    throw thrown;
  }
}
