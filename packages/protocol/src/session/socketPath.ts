/** The longest path of a socket, in bytes, on every system that we support. */
const MAX_SOCKET_PATH = 103;

export interface SocketOwner {
  /** CLAUDERON_HOME, absolute. */
  readonly home: string;
  readonly uid: number;
  /** The system's folder for temporary files. */
  readonly tmpdir: string;
  /** The session whose runner listens there; the daemon when absent. */
  readonly session?: string;
}

/**
 * Where the daemon or a session's runner listens: beside its other files when that path is short enough for a socket,
 * else in `<tmpdir>/clauderon-<uid>-<hash of home>/`. The program that makes that folder makes it 0700, and every user
 * of it checks that it belongs to the user.
 */
export function socketPath({ home, uid, tmpdir, session }: SocketOwner): string {
  const near = session === undefined ? `${home}/daemon.sock` : `${home}/sessions/${session}/runner.sock`;
  if (fits(near)) return near;
  const folder = `clauderon-${uid}-${hash64(home).slice(0, 8)}`;
  const name = session === undefined ? "daemon" : `s${hash64(session)}`;
  const temporary = `${tmpdir.replace(/\/+$/, "")}/${folder}/${name}.sock`;
  return fits(temporary) ? temporary : `/tmp/${folder}/${name}.sock`;
}

/** A path with non-ASCII characters is longer than it looks: at most three bytes for each UTF-16 unit. */
const fits = (path: string): boolean => path.replace(/[^\0-\x7f]/g, "???").length <= MAX_SOCKET_PATH;

/** FNV-1a, 64 bits: only keeps names apart, protects nothing. */
function hash64(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let at = 0; at < text.length; at += 1) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(at))) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, "0");
}
