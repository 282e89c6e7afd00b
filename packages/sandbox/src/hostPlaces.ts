import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { findHostPath, isWithin } from "./hostPath.ts";
import type { Link, SandboxPlaces } from "./model/sandboxArgs.ts";

/**
 * Where systems keep programs and what belongs to them. Not `/var`, `/run`, `/srv`, `/mnt` and the like: they hold data
 * and the sockets of services. Of Nix, not the folder of its daemon's socket. Of `/sys`, processors and memory.
 */
const SYSTEM: readonly string[] = (
  "/usr /bin /sbin /lib /lib32 /lib64 /libx32 /etc /opt " +
  "/nix/store /nix/var/nix/profiles /gnu/store /sys/devices/system"
).split(" ");

const EMPTY: readonly string[] = ["/tmp", "/var/tmp", "/run"];

/** Files that a link in `/etc` may look for elsewhere, such as in `/run`. */
const REFERRED: readonly string[] = (
  "/etc/resolv.conf /etc/hosts /etc/localtime /etc/ssl/certs /etc/ssl/certs/ca-certificates.crt " +
  "/etc/ssl/cert.pem /etc/ssl/ca-bundle.pem /etc/pki/tls/certs/ca-bundle.crt"
).split(" ");

/** Variables that a session inherits and that name files or folders, as lists like PATH. */
const CERTIFICATES: readonly string[] = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO"];

export interface WantedPlaces {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Folders of this user that are empty inside, besides the home. */
  readonly hidden: readonly string[];
  readonly readable: readonly string[];
  readonly writable: readonly string[];
  readonly fixed: readonly string[];
  /** Readable folders in which sockets can be connected to. */
  readonly connectable?: readonly string[];
  readonly workingDirectory: string;
}

/**
 * The places of a sandbox on this machine. A readable folder that would show a hidden one is left out, such as the home as
 * an entry of PATH. Sockets and named pipes at the top of a readable folder are covered, because a read-only mount does
 * not keep anybody from connecting.
 */
export function hostPlaces(wanted: WantedPlaces): SandboxPlaces {
  const { environment, workingDirectory } = wanted;
  const links = new Map<string, string>();
  const follow = (paths: readonly (string | undefined)[]) =>
    paths.flatMap((path) => {
      const found = path?.startsWith("/") === true ? findHostPath(path) : undefined;
      for (const { path, target } of found?.links ?? []) links.set(path, target);
      return found === undefined ? [] : [found.real];
    });
  const own = follow([environment["HOME"], ...wanted.hidden]).filter((path) => path !== "/");
  const empty = [...EMPTY, ...own];
  const system = follow(SYSTEM).filter((path, _, all) => !all.some((other) => other !== path && isWithin(path, other)));
  const isSafe = (path: string) => ![...empty, "/var/run"].some((place) => isWithin(place, path));
  const readable = follow([...REFERRED, ...certificates(environment), ...wanted.readable])
    .filter(isSafe)
    .filter((path) => !isShown(path, system, empty));
  const writable = follow(wanted.writable);
  const connectable = follow(wanted.connectable ?? []);
  // A fixed one may be made only after this. Left out, it would be the agent's.
  const fixed = wanted.fixed.map((path) => join(follow([dirname(path)])[0] ?? dirname(path), basename(path)));
  follow(["/var/run"]);
  const shown = [...system, ...readable, ...connectable, ...writable];
  const made: readonly Link[] = [...links].flatMap(([path, target]) =>
    isShown(path, shown, empty) ? [] : [{ path, target }],
  );
  const covers = readable.flatMap(openEnds).map((path) => ({ path, by: "/dev/null" }));
  return {
    system,
    empty,
    links: made,
    readable: [...readable, ...connectable],
    writable,
    fixed,
    covers,
    workingDirectory,
  };
}

const certificates = (environment: WantedPlaces["environment"]) =>
  CERTIFICATES.flatMap((name) => (environment[name] ?? "").split(":"));

/** Whether the mount that decides about the path is one that shows something. */
function isShown(path: string, shown: readonly string[], empty: readonly string[]): boolean {
  const depth = (mounts: readonly string[]) =>
    Math.max(0, ...mounts.filter((mount) => isWithin(path, mount)).map((mount) => mount.length));
  return depth(shown) > depth(empty);
}

/** The sockets and named pipes right in a folder. */
function openEnds(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isSocket() || entry.isFIFO())
      .map(({ name }) => `${folder}/${name}`);
  } catch {
    return [];
  }
}
