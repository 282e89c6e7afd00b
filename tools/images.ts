/** `npm run images [-- thurkube | clauderon-agent …] [--base IMAGE]`: builds the container images into out/images. */
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Fault, faultText } from "@clauderon/base";
import { ensureDebianPackages, IMAGE_PACKAGES } from "../test/kit/cluster/build/debian.ts";
import { baseImages } from "../test/kit/cluster/build/images.ts";
import { buildImage } from "./images/buildImage.ts";
import { DEFAULT_BASE, IMAGE_NAMES, type ImageName, isImageName } from "./images/recipes.ts";

const USAGE = `Usage: npm run images -- [${IMAGE_NAMES.join(" | ")} …] [--base IMAGE]

Builds out/images/<name>.tar (an OCI archive, tag localhost/<name>:dev) with buildah, as root or not.
  --base IMAGE   what to build on (default ${DEFAULT_BASE}); an image's name, or oci-archive:FILE
  --test         builds on the Debian base of the test cluster, without network`;

async function main(): Promise<void> {
  const { values, positionals } = parseArguments();
  if (values.help) return console.log(USAGE);
  const names = positionals.length === 0 ? IMAGE_NAMES : positionals.map(imageName);
  const base = values.base ?? (values.test ? await testBase() : DEFAULT_BASE);
  const root = resolve(import.meta.dirname, "..");
  const builder = { uid: process.getuid?.() ?? 0, env: process.env };
  for (const name of names) {
    const started = performance.now();
    console.log(`${name}: building from ${base}`);
    const image = await buildImage({ name, base, root, builder });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const verb = image.rebuilt ? "built" : "unchanged";
    console.log(
      `${name}: ${verb}, ${relative(process.cwd(), image.archive)}, ${megabytes(image.bytes)} MB, ${seconds} s`,
    );
  }
}

function parseArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { base: { type: "string" }, test: { type: "boolean" }, help: { type: "boolean", short: "h" } },
    });
  } catch (cause) {
    throw new Fault("USAGE", cause instanceof Error ? cause.message : String(cause), { hint: USAGE, cause });
  }
}

function imageName(name: string): ImageName {
  if (isImageName(name)) return name;
  throw new Fault("USAGE", `There is no image "${name}"`, { hint: `One of: ${IMAGE_NAMES.join(", ")}` });
}

async function testBase(): Promise<string> {
  await ensureDebianPackages(IMAGE_PACKAGES);
  return `docker-archive:${join(await baseImages(), "base.tar")}`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Fault ? faultText(error) : error);
  process.exitCode = 1;
}
