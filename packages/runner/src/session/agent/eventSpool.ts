import { type FSWatcher, opendirSync, rmSync, statSync, watch } from "node:fs";
import { basename, join } from "node:path";
import { makeFolder, moveAside, readPlainFile } from "@clauderon/files";

/** Names in the order of the numbers in them, as process ids and counters grow. */
const byName = new Intl.Collator("en", { numeric: true });

/** The sender of an event: the process id of an agent. */
const SENDER = /^(\d+)-\d+\.json$/;

/** No event is longer. */
const MAX_EVENT_BYTES = 67_108_864;

/** A folder with more names than this holds something else than events: it moves aside, and an empty one takes its place. */
const MAX_NAMES = 10_000;

/** How often the folder is read while the system has no watch for it. */
const POLL_MS = 500;

/**
 * The folder that the agent's hooks write their events to: each file is given to `onEvent` in the order they were written,
 * and removed. Files have a time in ticks of some milliseconds, so within one tick the numbers in their names decide. Events
 * that are in the folder at the start came from before a restart and are given first.
 *
 * An agent may start others of its kind, whose hooks are the same: the first sender is the session's own agent, and events of
 * others are dropped.
 *
 * The agent can make anything of the folder and of each name in it. Only regular files count as events; a name that is
 * something else stays. A folder that is gone or replaced is made again, and a system without a free watch is polled.
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

  /** Takes what is there now. */
  collect(): void {
    for (const path of this.#waiting()) {
      const text = readPlainFile(path, MAX_EVENT_BYTES)?.toString("utf8");
      tryRemove(path);
      if (text !== undefined && this.#isOwn(path)) this.#onEvent(text);
    }
  }

  /** Watches the folder, which is made when there is none; polls from the moment that this is not possible. */
  #watch(): void {
    try {
      makeFolder(this.#folder);
      const watcher = this.#watchFolder(this.#folder, (_kind, name) => {
        // This is how a watch says that the folder itself was removed or renamed.
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

  /** Names of regular files. A folder with more names than events could have becomes an empty one. */
  #names(): readonly string[] {
    try {
      const { names, isAll } = regularFiles(this.#folder);
      if (isAll) return names;
      moveAside(this.#folder);
      makeFolder(this.#folder);
      if (this.#watcher !== undefined) this.#pollInstead();
    } catch {
      // The agent has removed it or made something else of it.
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

/** The file with its time in nanoseconds; nothing when it is gone already. */
function timed(path: string): readonly { readonly path: string; readonly time: bigint }[] {
  try {
    return [{ path, time: statSync(path, { bigint: true }).mtimeNs }];
  } catch {
    return [];
  }
}

/** Names change under our hands: what is a folder by now stays. */
function tryRemove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // It stays, and is no event.
  }
}

function tryMakeFolder(path: string): void {
  try {
    makeFolder(path);
  } catch {
    // The next look tries again.
  }
}
