import { Fault } from "@clauderon/base";
import type { DatabaseSync } from "node:sqlite";
import type { SessionRecord } from "../backend.ts";
import type { NamespacePlace } from "../model/namespacePlace.ts";
import type { SessionSpec } from "@clauderon/protocol";
import { inTransaction, openDatabase } from "./database.ts";
import { type Entry, parseRow } from "./model/entry.ts";

/** What can change in an entry. */
export type EntryChange = Partial<
  Omit<Entry, "record"> & { readonly commit: string; readonly place: NamespacePlace; readonly spec: SessionSpec }
>;

/** What a new entry may have in addition to its record. */
interface NewEntry extends Partial<Pick<Entry, "started" | "credentials">> {
  readonly prompt?: string;
}

/** An invalid row: it stops its own session and no other. */
export interface UnreadableEntry {
  readonly name: string;
  readonly problem: string;
}

/** All sessions that should exist, in a database that outlives any daemon. */
export class Registry {
  readonly #database: DatabaseSync;
  readonly #entries = new Map<string, Entry>();
  readonly #unreadable = new Map<string, UnreadableEntry>();

  constructor(path: string) {
    this.#database = openDatabase(path);
    for (const row of this.#database.prepare("SELECT * FROM sessions ORDER BY name").all()) {
      const name = String(row["name"]);
      const entry = parseRow(row);
      if (typeof entry === "string") this.#unreadable.set(name, { name, problem: entry });
      else this.#entries.set(name, entry);
    }
  }

  list(): readonly Entry[] {
    return [...this.#entries.values()];
  }

  unreadable(): readonly UnreadableEntry[] {
    return [...this.#unreadable.values()];
  }

  /** The names of invalid rows. */
  get unreadableNames(): ReadonlySet<string> {
    return new Set(this.#unreadable.keys());
  }

  has(name: string): boolean {
    return this.#entries.has(name) || this.#unreadable.has(name);
  }

  get(name: string): Entry | undefined {
    return this.#entries.get(name);
  }

  /** Adds a session whose wanted state is Running. SESSION_EXISTS when the name is taken. */
  add(record: SessionRecord, { prompt, started = false, credentials = [] }: NewEntry): void {
    const { name, uid, createdTime, spec, commit, place } = record;
    if (this.has(name)) {
      throw new Fault("SESSION_EXISTS", `Session "${name}" already exists`, {
        hint: `Choose another name, or delete it: clauderon delete ${name}`,
      });
    }
    inTransaction(this.#database, () => {
      this.#database
        .prepare(
          `INSERT INTO sessions (name, uid, created_time, spec, commit_name, started, credentials, place)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        )
        .run(
          name,
          uid,
          createdTime,
          JSON.stringify(spec),
          commit,
          started ? 1 : 0,
          JSON.stringify(credentials),
          sqlOf(place),
        );
      if (prompt !== undefined)
        this.#database.prepare("INSERT INTO prompts (name, prompt) VALUES (?, ?)").run(name, prompt);
    });
    this.#load(name);
  }

  change(name: string, change: EntryChange): void {
    const columns = Object.entries(change).map(
      ([key, value]) => [COLUMNS[key as keyof EntryChange], sqlOf(value)] as const,
    );
    const assignments = columns.map(([column]) => `${column} = ?`).join(", ");
    const values = columns.map(([, value]) => value);
    inTransaction(this.#database, () => {
      this.#database.prepare(`UPDATE sessions SET ${assignments} WHERE name = ?`).run(...values, name);
      if (change.started === true) this.#database.prepare("DELETE FROM prompts WHERE name = ?").run(name);
    });
    this.#load(name);
  }

  /** The prompt of a session that has not been started yet. */
  prompt(name: string): string | undefined {
    const prompt = this.#database.prepare("SELECT prompt FROM prompts WHERE name = ?").get(name)?.["prompt"];
    return prompt === undefined ? undefined : String(prompt);
  }

  remove(name: string): void {
    this.#database.prepare("DELETE FROM sessions WHERE name = ?").run(name);
    this.#entries.delete(name);
    this.#unreadable.delete(name);
  }

  close(): void {
    this.#database.close();
  }

  #load(name: string): void {
    const entry = parseRow(this.#database.prepare("SELECT * FROM sessions WHERE name = ?").get(name));
    if (typeof entry === "string") throw new Error(`Wrote a row that cannot be read: ${entry}`);
    this.#entries.set(name, entry);
  }
}

const COLUMNS: Readonly<Record<keyof EntryChange, string>> = {
  spec: "spec",
  commit: "commit_name",
  wanted: "wanted",
  started: "started",
  restart: "restart",
  discardWork: "discard_work",
  failure: "failure",
  rescuedRef: "rescued_ref",
  saved: "saved",
  credentials: "credentials",
  notices: "notices",
  place: "place",
  fetchedBytes: "fetched_bytes",
};

function sqlOf(value: EntryChange[keyof EntryChange] | null): string | number | null {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "object") return JSON.stringify(value);
  return value ?? null;
}
