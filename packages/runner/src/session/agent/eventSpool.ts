import { type FSWatcher, opendirSync, rmSync, statSync, watch } from "node:fs";
import { basename, join } from "node:path";
import { makeFolder, moveAside, readPlainFile } from "@clauderon/files";

/** Sorts names by the numbers in them, since process ids and counters grow. */
const byName = new Intl.Collator("en", { numeric: true });

/** The sender of an event: the process id of an agent. */
const SENDER = /^(\d+)-\d+\.json$/;

/** No real event is longer. */
const MAX_EVENT_BYTES = 67_108_864;

/**
 * A folder with more names than this holds something other than events: it is moved aside, and an empty one replaces
 * it.
 */
const MAX_NAMES = 10_000;

/** How often the folder is read while the system cannot watch it. */
const POLL_MS = 500;

/**
 * The folder in which the agent's hooks write their events: each file is passed to `onEvent` in the order of writing,
 * and removed. Files have times in ticks of some milliseconds, so within one tick the numbers in their names decide.
 * Events that are in the folder at the start are from before a restart and come first.
 *
 * An agent may start further agents of the same kind, which have the same hooks: the first sender is the session's own
 * agent, and events of others are dropped.
 *
 * The agent can put anything into the folder, under any name. Only regular files count as events; anything else stays.
 * A folder that was removed or replaced is made again, and on a system that has no watch left the folder is polled.
 */
export class EventSpool {
  readonly #folder: string;
  readonly #onEvent: (text: string) => void;
  readonly #watchFolder: typeof watch;
  #watcher: FSWatcher | undefined;
  #poll: NodeJS.Timeout | undefined;
  #sender: string | undefined;

  constructor(folder: string, onEvent: (text: string) => void, watchFolder = watch) {
    this.#folder = folder;
    this.#onEvent = onEvent;
    this.#watchFolder = watchFolder;
  }

  start(): void {
    this.#watch();
    this.collect();
  }

  stop(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    clearInterval(this.#poll);
    this.#poll = undefined;
  }

  /** Takes the events that are in the folder now. */
  collect(): void {
    for (const path of this.#waiting()) {
      const text = readPlainFile(path, MAX_EVENT_BYTES)?.toString("utf8");
      tryRemove(path);
      if (text !== undefined && this.#isOwn(path)) this.#onEvent(text);
    }
  }

  /** Watches the folder, and makes it if it is missing; polls as soon as it cannot watch. */
  #watch(): void {
    try {
      makeFolder(this.#folder);
      const watcher = this.#watchFolder(this.#folder, (_kind, name) => {
        // The watch reports the folder's own name when the folder was removed or renamed.
        if (name === basename(this.#folder)) this.#pollInstead();
        this.collect();
      });
      watcher.on("error", () => this.#pollInstead());
      this.#watcher = watcher;
    } catch {
      this.#pollInstead();
    }
  }

  #pollInstead(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    this.#poll ??= setInterval(() => {
      tryMakeFolder(this.#folder);
      this.collect();
    }, POLL_MS).unref();
  }

  #isOwn(path: string): boolean {
    const sender = SENDER.exec(basename(path))?.[1];
    this.#sender ??= sender;
    return sender === this.#sender;
  }

  #waiting(): readonly string[] {
    return this.#names()
      .filter((name) => name.endsWith(".json"))
      .map((name) => join(this.#folder, name))
      .flatMap((path) => timed(path))
      .toSorted((one, other) => Number(one.time - other.time) || byName.compare(one.path, other.path))
      .map(({ path }) => path);
  }

  /** Names of regular files. A folder with too many names is replaced by an empty one. */
  #names(): readonly string[] {
    try {
      const { names, isAll } = regularFiles(this.#folder);
      if (isAll) return names;
      moveAside(this.#folder);
      makeFolder(this.#folder);
      if (this.#watcher !== undefined) this.#pollInstead();
    } catch {
      // The agent has removed or replaced it.
    }
    return [];
  }
}

function regularFiles(folder: string): { readonly names: readonly string[]; readonly isAll: boolean } {
  const entries = opendirSync(folder);
  try {
    const names: string[] = [];
    for (let count = 0; count < MAX_NAMES; count += 1) {
      const entry = entries.readSync();
      if (entry === null) return { names, isAll: true };
      if (entry.isFile()) names.push(entry.name);
    }
    return { names, isAll: false };
  } finally {
    entries.closeSync();
  }
}

/** The file with its time in nanoseconds; empty when it is already gone. */
function timed(path: string): readonly { readonly path: string; readonly time: bigint }[] {
  try {
    return [{ path, time: statSync(path, { bigint: true }).mtimeNs }];
  } catch {
    return [];
  }
}

/** The agent may replace the file meanwhile: a folder stays. */
function tryRemove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // It stays, and does not count as an event.
  }
}

function tryMakeFolder(path: string): void {
  try {
    makeFolder(path);
  } catch {
    // The next poll tries again.
  }
}
