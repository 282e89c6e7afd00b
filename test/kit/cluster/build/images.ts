import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { run } from "../run.ts";
import { cached } from "./cached.ts";
import { ensureDebianPackages, IMAGE_PACKAGES } from "./debian.ts";
import { corednsBinary, localPathProvisionerBinary } from "./goBinaries.ts";

const SUITE = "bookworm";
const PACKAGES = "ca-certificates,curl,git,iproute2,procps,tini";
const UNREAD = ["/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/usr/share/info/*"];
const PAUSE_C = join(import.meta.dirname, "pause.c");

/** The small program that holds namespaces, a sandbox's or the node's. */
export async function pauseBinary(): Promise<string> {
  const inputs = [await readFile(PAUSE_C, "utf8")];
  const build = async (folder: string) => {
    await ensureDebianPackages(IMAGE_PACKAGES);
    await run("gcc", ["-Os", "-static", "-s", "-o", join(folder, "pause"), PAUSE_C]);
  };
  return join(await cached({ name: "pause", version: "1", inputs, build }), "pause");
}

/** The folder of image archives that every cluster holds: `localhost/{pause,base,coredns,local-path-provisioner}:1`. */
export async function baseImages(): Promise<string> {
  const [debian, binaries] = await Promise.all([debianFiles(), imageBinaries()]);
  const { node, version } = await nodeBinary();
  const inputs = [debian, ...binaries, version];
  const build = async (folder: string) => {
    await ensureDebianPackages(IMAGE_PACKAGES);
    const context = join(folder, "context");
    await mkdir(context);
    for (const binary of binaries) {
      const name = basename(binary);
      await copyFile(binary, join(context, name));
      await buildImage(folder, name, `FROM scratch\nCOPY ${name} /${name}\nENTRYPOINT ["/${name}"]\n`);
    }
    await copyFile(node, join(context, "node"));
    await copyFile(debian, join(context, "debian.tar"));
    await buildImage(
      folder,
      "base",
      'FROM scratch\nADD debian.tar /\nCOPY node /usr/local/bin/node\nCMD ["/bin/sh"]\n',
    );
    await rm(context, { recursive: true });
  };
  return await cached({ name: "images", version: "1", inputs, build });
}

/** The files of a small Debian as one archive, the longest-lasting part, which needs no compiler. */
async function debianFiles(): Promise<string> {
  const build = async (folder: string) => {
    await ensureDebianPackages(IMAGE_PACKAGES);
    const excluded = UNREAD.map((path) => `--dpkgopt=path-exclude=${path}`);
    await run("mmdebstrap", [
      "--variant=minbase",
      `--include=${PACKAGES}`,
      ...excluded,
      SUITE,
      join(folder, "debian.tar"),
    ]);
  };
  return join(await cached({ name: "debian", version: SUITE, inputs: [PACKAGES, ...UNREAD], build }), "debian.tar");
}

async function imageBinaries(): Promise<readonly string[]> {
  return [await pauseBinary(), await corednsBinary(), await localPathProvisionerBinary()];
}

/** Uses a store of its own below the folder, so neither images nor mounts stay in the machine's. */
async function buildImage(folder: string, name: string, containerfile: string): Promise<void> {
  const store = join(folder, "store");
  const buildah = ["--root", join(store, "root"), "--runroot", join(store, "run"), "--storage-driver", "vfs"];
  const env = { BUILDAH_ISOLATION: "chroot" };
  const [tag, file] = [`localhost/${name}:1`, join(folder, "context", `${name}.Containerfile`)];
  await writeFile(file, containerfile);
  await run("buildah", [...buildah, "bud", "--quiet", "--file", file, "--tag", tag, join(folder, "context")], { env });
  const archive = `docker-archive:${join(folder, `${name}.tar`)}:${tag}`; // Its layers are not compressed: imported in half the time.
  await run("buildah", [...buildah, "push", "--quiet", tag, archive], { env });
  await rm(store, { recursive: true });
}

async function nodeBinary(): Promise<{ node: string; version: string }> {
  const manifest = createRequire(import.meta.url).resolve("node/package.json");
  const { version } = JSON.parse(await readFile(manifest, "utf8")) as { version: string };
  return { node: join(dirname(manifest), "bin", "node"), version };
}
