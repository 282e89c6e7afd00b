import { createHash } from "node:crypto";
import { Fault, type Log } from "@clauderon/base";
import { type Grant, parseGrant } from "@clauderon/protocol/proxy";
import { WatchedFolder } from "../folders/watchedFolder.ts";

interface StoredGrant {
  readonly grant: Grant;
  /** The SHA-256 of the file's text, in hexadecimal digits. */
  readonly digest: string;
}

/** The grants of all principals, each in a file that `fileNameOf` names; a principal whose file is invalid has none. */
export class Grants {
  readonly #folder: WatchedFolder<StoredGrant>;

  constructor(path: string, log: Log) {
    this.#folder = new WatchedFolder({ path, suffix: ".json", log, parse: parseNamed });
  }

  /** Reads grants again when they change. `onChange` is called after that. */
  watch(onChange: () => void): void {
    this.#folder.watch(onChange);
  }

  close(): void {
    this.#folder.close();
  }

  get count(): number {
    return this.#folder.values().length;
  }

  problems(): ReadonlyMap<string, string> {
    return this.#folder.problems();
  }

  /** Reads grants that changed at once, without waiting for the file system to report it. */
  reload(): void {
    this.#folder.reload();
  }

  /** Whether a grant with exactly this text is in effect, by the text's SHA-256 in hexadecimal digits. */
  hasText(digest: string): boolean {
    return this.#folder.values().some((stored) => stored.digest === digest);
  }

  find(principal: string): Grant | undefined {
    const grant = this.#folder.get(fileNameOf(principal))?.grant;
    return grant?.principal === principal ? grant : undefined;
  }
}

/** The name of a principal's file in the folder of grants, without `.json`: its name with `_` for every slash. */
function fileNameOf(principal: string): string {
  return principal.replaceAll("/", "_");
}

function parseNamed(name: string, text: string): StoredGrant {
  const grant = parseGrant(text);
  if (fileNameOf(grant.principal) === name) return { grant, digest: createHash("sha256").update(text).digest("hex") };
  throw new Fault(
    "SPEC_INVALID",
    `The grant in ${name}.json is of principal ${grant.principal}, whose file has another name`,
  );
}
