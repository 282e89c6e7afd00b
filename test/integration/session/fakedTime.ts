import { spawnSync } from "node:child_process";
import { globSync, renameSync, writeFileSync } from "node:fs";

/** libfaketime's library; it is installed where that can be done. Node gets along with it as long as time that only elapses is left alone. */
export function installFaketime(): string | undefined {
  return library() ?? (process.getuid?.() === 0 ? (install(), library()) : undefined);
}

const library = () => globSync("/usr/lib/*/faketime/libfaketimeMT.so.1")[0];

const install = () =>
  spawnSync("apt-get", ["install", "--yes", "--no-install-recommends", "libfaketime"], { stdio: "ignore" });

/** A clock of the wall that jumps, for all processes that have its variables in their environment. */
export class FakedTime {
  readonly variables: Readonly<Record<string, string>>;
  readonly #file: string;

  constructor(libraryPath: string, file: string) {
    this.#file = file;
    this.variables = {
      LD_PRELOAD: libraryPath,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: "1",
      DONT_FAKE_MONOTONIC: "1",
      NO_FAKE_STAT: "1",
    };
    this.jump("+0");
  }

  /** Sets the clock this far from the true time, such as `+3d` or `-2h`. */
  jump(offset: string): void {
    writeFileSync(`${this.#file}.new`, offset);
    renameSync(`${this.#file}.new`, this.#file);
  }
}
