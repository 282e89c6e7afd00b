import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { Fault, messageOf } from "@clauderon/base";
import { socketPath } from "@clauderon/protocol";

export interface HomePaths {
  /** CLAUDERON_HOME, absolute. */
  readonly home: string;
  readonly uid: number;
  readonly tmpdir: string;
}

/** Where everything of one CLAUDERON_HOME lies. Folders are the user's alone. */
export class DaemonHome {
  readonly path: string;
  readonly #paths: HomePaths;

  constructor(paths: HomePaths) {
    this.path = paths.home;
    this.#paths = paths;
  }

  get lockFile(): string {
    return `${this.path}/daemon.lock`;
  }

  get logFile(): string {
    return `${this.path}/daemon.log`;
  }

  get socket(): string {
    return socketPath(this.#paths);
  }

  get registryFile(): string {
    return `${this.path}/sessions.db`;
  }

  get tokenFile(): string {
    return `${this.path}/daemon.token`;
  }

  get credentialsFolder(): string {
    return `${this.path}/credentials`;
  }

  sessionFolder(session: string): string {
    return `${this.path}/sessions/${session}`;
  }

  sessionSocket(session: string): string {
    return socketPath({ ...this.#paths, session });
  }

  /** Sessions that have a folder. */
  sessionNames(): readonly string[] {
    const folder = `${this.path}/sessions`;
    return existsSync(folder) ? readdirSync(folder) : [];
  }

  /** Makes the folder; CONFIG_INVALID when it cannot be, or is another user's. */
  prepare(): void {
    makePrivateFolder(this.path, this.#paths.uid);
  }

  /** The path to listen on. Whoever holds the lock may remove what a killed daemon left there. */
  prepareSocket(): string {
    const path = this.socket;
    makePrivateFolder(dirname(path), this.#paths.uid);
    rmSync(path, { force: true });
    return path;
  }
}

function makePrivateFolder(path: string, uid: number): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const stat = lstatSync(path);
    if (stat.isDirectory() && stat.uid === uid) return chmodSync(path, 0o700);
  } catch (cause) {
    throw new Fault("CONFIG_INVALID", `Cannot use the folder ${path}: ${messageOf(cause)}`, { cause });
  }
  throw new Fault("CONFIG_INVALID", `${path} is not a folder of this user`, {
    hint: "Remove it, or set CLAUDERON_HOME to another folder",
  });
}
