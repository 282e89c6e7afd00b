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

/** The paths of everything in one CLAUDERON_HOME. Only the user can access its folders. */
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

  get proxyFolder(): string {
    return `${this.path}/proxy`;
  }

  sessionFolder(session: string): string {
    return `${this.path}/sessions/${session}`;
  }

  /**
   * Says which repository the session's worktree belongs to. It is outside the session's folder, where an agent in a sandbox
   * could write it.
   */
  repositoryFile(session: string): string {
    return `${this.path}/repositories/${session}`;
  }

  sessionSocket(session: string): string {
    return socketPath({ ...this.#paths, session });
  }

  /** Names of the sessions that have a folder. */
  sessionNames(): readonly string[] {
    const folder = `${this.path}/sessions`;
    return existsSync(folder) ? readdirSync(folder) : [];
  }

  /** Makes the folder; CONFIG_INVALID when that fails, or when the folder belongs to another user. */
  prepare(): void {
    makePrivateFolder(this.path, this.#paths.uid);
  }

  /**
   * The path to listen on. Only the holder of the lock calls this, since it removes a socket that a killed daemon left
   * there.
   */
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
