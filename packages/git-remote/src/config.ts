import { lstatSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { Fault } from "@clauderon/base/fault";
import { refuseForeignFolder } from "@clauderon/base/own-folder";
import { homeOf, ownUid } from "@clauderon/process/user";
import { socketPath } from "@clauderon/protocol/wire";

export interface RemoteConfig {
  /** Where the daemon listens. */
  readonly socket: string;
  /** How many bytes the session may send; more ends the transfer. */
  readonly maxBytes: number;
}

/** Reads git's environment. CONFIG_INVALID for a socket in a folder that other users can write in. */
export function readRemoteConfig(environment: NodeJS.ProcessEnv = process.env): RemoteConfig {
  const home = environment["CLAUDERON_HOME"] || join(homeOf(environment), ".clauderon");
  if (!isAbsolute(home)) {
    throw new Fault("CONFIG_INVALID", `CLAUDERON_HOME must be an absolute path, got "${home}"`, {
      hint: "Write the full path, starting with /",
    });
  }
  return {
    socket: ownSocket(home, ownUid()),
    maxBytes: readBytes(environment["CLAUDERON_GIT_MAX_BYTES"]),
  };
}

/** When the path of the home is too long for a socket, the socket is in a folder where every user can make folders. */
function ownSocket(home: string, uid: number): string {
  const socket = socketPath({ home, uid, tmpdir: tmpdir() });
  const folder = dirname(socket);
  if (folder !== home) refuseForeignFolder(folder, lstatSync(folder, { throwIfNoEntry: false }), uid);
  return socket;
}

function readBytes(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  const bytes = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(bytes)) return bytes;
  throw new Fault("CONFIG_INVALID", `CLAUDERON_GIT_MAX_BYTES must be a number of bytes, got "${text}"`);
}
