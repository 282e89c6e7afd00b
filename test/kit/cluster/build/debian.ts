import { join } from "node:path";
import { readKitConfig } from "../config.ts";
import { withLock } from "../lock.ts";
import { run } from "../run.ts";

/** Debian packages an API server with its etcd needs. */
export const API_SERVER_PACKAGES = ["etcd-server", "openssl"] as const;

/** Debian packages a whole node needs, and those that build its images. */
export const NODE_PACKAGES = [
  ...API_SERVER_PACKAGES,
  "containerd",
  "runc",
  "containernetworking-plugins",
  "nftables",
  "iproute2",
] as const;
export const IMAGE_PACKAGES = ["buildah", "netavark", "mmdebstrap", "gcc", "libc6-dev"] as const;

/** Installs what is missing, as root on Debian, one caller after the other; touches nothing when all is there. */
export async function ensureDebianPackages(wanted: readonly string[]): Promise<void> {
  if (missingPackages(wanted, await installed()).length === 0) return;
  await withLock(join(readKitConfig().cacheFolder, "apt-get.lock"), async () => {
    const missing = missingPackages(wanted, await installed());
    if (missing.length > 0) await install(missing);
  });
}

async function install(packages: readonly string[]): Promise<void> {
  const command = ["install", "-y", "--no-install-recommends", ...packages];
  if (process.getuid?.() !== 0) throw new Error(`Debian packages are missing. As root: apt-get ${command.join(" ")}`);
  console.error(`test kit: installing ${packages.join(" ")}`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update", "-qq"], { env });
  await run("apt-get", command, { env });
}

export function missingPackages(wanted: readonly string[], present: ReadonlySet<string>): readonly string[] {
  return wanted.filter((name) => !present.has(name));
}

async function installed(): Promise<ReadonlySet<string>> {
  const lines = await run("dpkg-query", ["-W", "-f", "${db:Status-Status} ${Package}\n"]);
  return new Set(
    lines.split("\n").flatMap((line) => (line.startsWith("installed ") ? [line.slice("installed ".length)] : [])),
  );
}
