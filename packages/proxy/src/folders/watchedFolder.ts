import { type FSWatcher, lstatSync, mkdirSync, readdirSync, statSync, watch } from "node:fs";
import { join } from "node:path";
import { Fault, type Log, messageOf } from "@clauderon/base";
import { readPrivateFile } from "./privateFile.ts";

/** How often the folder is read when the file system reports nothing, as network file systems do. */
const RESCAN_MS = 5_000;
const SETTLE_MS = 20;
const MAX_BYTES = 262_144;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/;

export interface FolderOptions<T> {
  readonly path: string;
  /** The end of the names of its files, such as `.json`. Other files are ignored. */
  readonly suffix: string;
  /** Reads one file; throws a Fault for what it does not accept. */
  readonly parse: (name: string, text: string) => T;
  readonly log: Log;
}

/** A file as it was last read: its value, or why it has none. */
type Entry<T> = { readonly stamp: string } & ({ readonly value: T } | { readonly problem: string });

/**
 * The files of a folder, one value each, read again when they change. A file that cannot be used has no value, is logged,
 * and leaves the others alone: what depends on it fails closed. Only the owner may enter the folder.
 */
export class WatchedFolder<T> {
  readonly #options: FolderOptions<T>;
  #entries = new Map<string, Entry<T>>();
  #onChange: () => void = () => undefined;
  #watcher: FSWatcher | undefined;
  #settle: NodeJS.Timeout | undefined;
  #rescan: NodeJS.Timeout | undefined;

  /** Reads the folder for the first time, made if it does not exist. Throws a Fault when others may enter it. */
  constructor(options: FolderOptions<T>) {
    this.#options = options;
    makePrivateFolder(options.path);
    this.reload();
  }

  /** Starts to watch, until `close`. `onChange` is called after files changed. */
  watch(onChange: () => void): void {
    this.#onChange = onChange;
    this.#watcher = watch(this.#options.path, { persistent: false }, () => this.#reloadSoon());
    this.#watcher.on("error", (error) => {
      this.#options.log.warn("Cannot watch the folder; it is read every few seconds", {
        path: this.#options.path,
        error: error.message,
      });
    });
    this.#rescan = setInterval(() => this.reload(), RESCAN_MS);
    this.#rescan.unref();
  }

  close(): void {
    this.#watcher?.close();
    clearTimeout(this.#settle);
    clearInterval(this.#rescan);
  }

  get(name: string): T | undefined {
    const entry = this.#entries.get(name);
    return entry !== undefined && "value" in entry ? entry.value : undefined;
  }

  values(): readonly T[] {
    return [...this.#entries.values()].flatMap((entry) => ("value" in entry ? [entry.value] : []));
  }

  /** The files that cannot be used, by name, and why. */
  problems(): ReadonlyMap<string, string> {
    return new Map([...this.#entries].flatMap(([name, entry]) => ("problem" in entry ? [[name, entry.problem]] : [])));
  }

  /** Reads the files that changed. When the folder itself cannot be read, nothing in it has a value. */
  reload(): void {
    const before = this.#entries;
    this.#entries = new Map(this.#names().map((name) => [name, this.#read(name, before.get(name))]));
    const names = [...new Set([...before.keys(), ...this.#entries.keys()])];
    if (names.some((name) => before.get(name) !== this.#entries.get(name))) this.#onChange();
  }

  #reloadSoon(): void {
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => this.reload(), SETTLE_MS);
  }

  #names(): readonly string[] {
    const { path, suffix, log } = this.#options;
    try {
      const files = readdirSync(path).filter((file) => file.endsWith(suffix));
      return files.map((file) => file.slice(0, file.length - suffix.length)).filter((name) => NAME.test(name));
    } catch (thrown) {
      log.error("Cannot read the folder", { path, error: messageOf(thrown) });
      return [];
    }
  }

  #read(name: string, before: Entry<T> | undefined): Entry<T> {
    const { path, suffix, parse, log } = this.#options;
    const file = join(path, name + suffix);
    const stamp = stampOf(file);
    if (before?.stamp === stamp) return before;
    try {
      return { stamp, value: parse(name, readPrivateFile(file, MAX_BYTES)) };
    } catch (thrown) {
      const problem = thrown instanceof Fault ? thrown.message : `Cannot read ${file}`;
      log.error("Cannot use the file", { file, reason: problem });
      return { stamp, problem };
    }
  }
}

/** Makes a folder that only its owner can use, or throws a Fault when one exists that others can enter. */
export function makePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const { mode, uid } = lstatSync(path);
  const isPrivate = lstatSync(path).isDirectory() && uid === process.getuid?.() && (mode & 0o077) === 0;
  if (isPrivate) return;
  throw new Fault("CONFIG_INVALID", `Cannot use ${path}: other users may enter it`, { hint: `Run: chmod 700 ${path}` });
}

/** Changes whenever the file is written, replaced, or has another mode or owner. */
function stampOf(file: string): string {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? "" : [stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(":");
}
