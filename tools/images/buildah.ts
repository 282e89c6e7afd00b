import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { Fault } from "@clauderon/base";
import type { Recipe } from "./recipes.ts";

/** Who builds: decides where buildah keeps its layers. */
export interface Builder {
  readonly uid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What one `buildah build` needs to know. */
export interface BuildPlan {
  readonly tag: string;
  readonly containerfile: string;
  /** Folder that holds the bundle. */
  readonly context: string;
  readonly folders: Recipe["folders"];
  readonly base: string;
  readonly version: string;
}

/**
 * Options before the subcommand. Without root buildah would fall back to copying every layer whole (`vfs`), though the
 * kernel has let users mount overlays since 5.13; a choice of the user's own stands.
 */
export function storageArguments({ uid, env }: Builder): readonly string[] {
  const chosen = env["STORAGE_DRIVER"] ?? "";
  return uid === 0 || chosen !== "" ? [] : ["--storage-driver", "overlay"];
}

/** Time, host and builder's version are kept out of the image, so that the same inputs give the same image. */
export function buildArguments(plan: BuildPlan): readonly string[] {
  const folders = Object.entries(plan.folders).flatMap(([name, folder]) => ["--build-context", `${name}=${folder}`]);
  return [
    "build",
    "--format=oci",
    "--timestamp=0",
    "--identity-label=false",
    "--no-cache",
    `--build-arg=BASE=${plan.base}`,
    `--build-arg=VERSION=${plan.version}`,
    ...folders,
    `--file=${plan.containerfile}`,
    `--tag=${plan.tag}`,
    plan.context,
  ];
}

/** zstd: a quarter faster to write than gzip and a tenth smaller; containerd, podman, CRI-O and Docker 25 load it. */
export function pushArguments(tag: string, archive: string): readonly string[] {
  return ["push", "--compression-format=zstd", tag, `oci-archive:${archive}:${tag}`];
}

/** Runs buildah to its end. Throws a Fault when it is missing, or with the last of its words when it fails. */
export async function runBuildah(builder: Builder, args: readonly string[]): Promise<void> {
  const child = spawn("buildah", [...storageArguments(builder), ...args], {
    env: { ...builder.env, BUILDAH_ISOLATION: "chroot" }, // Needs no cgroups and no namespaces, so it works in a container too.
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "close").catch((error: unknown) => {
    throw (error as NodeJS.ErrnoException).code === "ENOENT" ? buildahMissing(error) : error;
  });
  const [stdout, stderr, [code, signal]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code !== 0) throw buildFailed(args[0] ?? "", code ?? signal, stderr.trim() === "" ? stdout : stderr);
}

function buildahMissing(cause: unknown): Fault {
  return new Fault("CONFIG_INVALID", "Cannot build images: buildah is not installed", {
    hint: "Run: sudo apt-get install -y buildah uidmap",
    cause,
  });
}

function buildFailed(step: string, end: unknown, output: string): Fault {
  const words = output.trim().slice(-4000);
  const known = HINTS.find(({ sign }) => sign.test(words));
  const message = `buildah ${step} ended with ${String(end)}:\n${words}`;
  return new Fault("CONFIG_INVALID", message, known === undefined ? {} : { hint: known.hint });
}

const HINTS: readonly { readonly sign: RegExp; readonly hint: string }[] = [
  {
    sign: /insufficient UIDs|subuid|setting supplemental groups/,
    hint: "Building without root needs a range of user ids. Run: sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $USER",
  },
  {
    sign: /initializing source|pinging container registry|no such host|i\/o timeout/,
    hint: "The base image cannot be fetched. Name one you can reach: npm run images -- --base IMAGE, or --base oci-archive:FILE",
  },
  { sign: /no space left on device/, hint: "Make room: building takes about 2 GB in buildah's storage and in out/" },
];
