/** What each image is made of; the rest is in its Containerfile. */
export interface Recipe {
  /** Source of the program. */
  readonly entry: string;
  /** The folder of its bundle in the build context. */
  readonly bundle: string;
  /** Folders that the Containerfile copies from by name (`COPY --from=<name>`): kept out of the context, for they are large. */
  readonly folders: Readonly<Record<string, string>>;
}

export type ImageName = "thurkube" | "clauderon-agent" | "clauderon-proxy";

export const IMAGE_NAMES: readonly ImageName[] = ["thurkube", "clauderon-agent", "clauderon-proxy"];

/** The base for builds with internet access. Any image works that has node, or Debian's apt to install the rest. */
export const DEFAULT_BASE = "docker.io/library/node:24-bookworm-slim";

/** The recipe of an image for the processor this process runs on; paths are relative to the root. */
export function recipeOf(name: ImageName, arch: string): Recipe {
  const recipes: Readonly<Record<ImageName, Recipe>> = {
    thurkube: { entry: "packages/operator/src/main.ts", bundle: "thurkube", folders: {} },
    "clauderon-proxy": { entry: "packages/proxy/src/main.ts", bundle: "clauderon-proxy", folders: {} },
    "clauderon-agent": {
      entry: "packages/runner/src/main.ts",
      bundle: "clauderon-runner",
      folders: {
        // The terminal's native part; the rest of it is in the bundle.
        "node-pty": `node_modules/@lydell/node-pty-linux-${arch}`,
        "claude-code": `node_modules/@anthropic-ai/claude-code-linux-${arch}`,
      },
    },
  };
  return recipes[name];
}

export function isImageName(name: string): name is ImageName {
  return IMAGE_NAMES.some((known) => known === name);
}
