import { type FSWatcher, mkdirSync, readdirSync, readFileSync, rmSync, statSync, watch } from "node:fs";
import { basename, join } from "node:path";

/** Names in the order of the numbers in them, as process ids and counters grow. */
const byName = new Intl.Collator("en", { numeric: true });

/** Who told an event: the process id of an agent. */
const TELLER = /^(\d+)-\d+\.json$/;

/** An event longer than this is none of ours. */
const MAX_EVENT_BYTES = 67_108_864;

/**
 * The folder that the agent's hooks write their events to: each file is given to `onEvent` in the order they were written,
 * and removed. Files tell the time in ticks of some milliseconds, so within one the numbers in their names decide. Events that were there already came from before a restart and are given first.
 *
 * An agent may start others of its kind, whose hooks are the same: whoever tells first is the session's own, and what
 * others tell is dropped.
 */
export class EventSpool {
  readonly #folder: string;
  readonly #onEvent: (text: string) => void;
  #watcher: FSWatcher | undefined;
  #teller: string | undefined;

  constructor(folder: string, onEvent: (text: string) => void) {
    this.#folder = folder;
    this.#onEvent = onEvent;
  }

  start(): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    this.#watcher = watch(this.#folder, () => this.collect());
    // A folder that the agent removed has no more events; the agent goes on.
    this.#watcher.on("error", () => this.stop());
    this.collect();
  }

  stop(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  /** Takes what is there now. */
  collect(): void {
    for (const path of this.#waiting()) {
      const text = readEvent(path);
      rmSync(path, { force: true });
      if (text !== undefined && this.#isOwn(path)) this.#onEvent(text);
    }
  }

  #isOwn(path: string): boolean {
    const teller = TELLER.exec(basename(path))?.[1];
    this.#teller ??= teller;
    return teller === this.#teller;
  }

  #waiting(): readonly string[] {
    try {
      const names = readdirSync(this.#folder).filter((name) => name.endsWith(".json"));
      const timed = names
        .map((name) => join(this.#folder, name))
        .map((path) => [path, statSync(path, { bigint: true }).mtimeNs] as const);
      return timed
        .toSorted(([one, a], [other, b]) => (a < b ? -1 : a > b ? 1 : byName.compare(one, other)))
        .map(([path]) => path);
    } catch {
      return [];
    }
  }
}

function readEvent(path: string): string | undefined {
  try {
    return statSync(path).size > MAX_EVENT_BYTES ? undefined : readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
