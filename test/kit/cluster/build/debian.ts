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
export const IMAGE_PACKAGES = ["buildah", "mmdebstrap", "gcc", "libc6-dev"] as const;

/** Installs what is missing, as root on Debian; touches nothing when all is there. */
export async function ensureDebianPackages(wanted: readonly string[]): Promise<void> {
  const missing = missingPackages(wanted, await installed());
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0) {
    throw new Error(`Debian packages are missing: ${missing.join(" ")}. As root: apt-get install ${missing.join(" ")}`);
  }
  console.error(`test kit: installing ${missing.join(" ")}`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update", "-qq"], { env });
  await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...missing], { env });
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
