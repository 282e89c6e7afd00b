import { EventEmitter, once } from "node:events";
import { closeSync, openSync, readSync, watch } from "node:fs";

/** For file systems that report no changes. */
const LOOK_AGAIN_MS = 250;
const CHUNK_BYTES = 65_536;

/** Passes on the content of a file and everything added to it, until `over` settles and all of it is passed on. */
export async function followFile(
  path: string,
  write: (bytes: Uint8Array) => void,
  over: Promise<unknown>,
): Promise<void> {
  const file = openSync(path, "r");
  const changes = new EventEmitter();
  const watcher = watch(path, () => changes.emit("change"));
  const timer = setInterval(() => changes.emit("change"), LOOK_AGAIN_MS);
  let isOver = false;
  const end = () => {
    isOver = true;
    changes.emit("change");
  };
  over.then(end, end);
  try {
    for (let wasOver = false; !wasOver; ) {
      wasOver = isOver;
      const changed = wasOver ? undefined : once(changes, "change");
      passOn(file, write);
      await changed;
    }
  } finally {
    clearInterval(timer);
    watcher.close();
    closeSync(file);
  }
}

/** Passes on everything up to the current end of the file. */
function passOn(file: number, write: (bytes: Uint8Array) => void): void {
  const buffer = Buffer.alloc(CHUNK_BYTES);
  for (let size = readSync(file, buffer); size > 0; size = readSync(file, buffer)) {
    write(Uint8Array.prototype.slice.call(buffer, 0, size));
  }
}
