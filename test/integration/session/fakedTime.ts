import { globSync, renameSync, writeFileSync } from "node:fs";
import { ensureDebianPackages } from "../../kit/cluster/build/debian.ts";

/** Path of libfaketime, which is installed if need be. Node gets along with it as long as time that only elapses is left alone. */
export async function installFaketime(): Promise<string> {
  await ensureDebianPackages(["libfaketime"]);
  const [library] = globSync("/usr/lib/*/faketime/libfaketimeMT.so.1");
  if (library === undefined) throw new Error("libfaketime is installed without its library for threads");
  return library;
}

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
