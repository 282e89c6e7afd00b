import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseAllDocuments } from "yaml";
import { KINDS } from "../../packages/kinds/src/index.ts";
import { CLI_PAGE, cliPage } from "./cliPage.ts";
import { CONFIGURATION_PAGE, configurationPage } from "./configurationPage.ts";
import { CHART_CRDS, chartCrd } from "./chartCrds.ts";
import { KIND_PAGES, kindIndex, kindPage } from "./kindPage.ts";

/** Path from the root of the repository, and content. */
export type Files = ReadonlyMap<string, string>;

/** Folders that hold generated files and nothing else. */
const FOLDERS = [CHART_CRDS, KIND_PAGES];

/** The example of each kind: the last document of its kind in this file of examples/. */
const EXAMPLES: Readonly<Record<string, string>> = {
  AgentJob: "pr-fixer.yaml",
  AgentRuntime: "runtime.yaml",
  AgentAuth: "runtime.yaml",
  AgentRole: "roles.yaml",
  AgentSkill: "tools.yaml",
  McpServer: "tools.yaml",
  Repository: "pr-fixer.yaml",
  ClusterAccess: "cluster-reader.yaml",
};

/** Everything that is generated, as it should be. */
export async function generatedFiles(root: string): Promise<Files> {
  const files = new Map<string, string>();
  for (const kind of KINDS) {
    files.set(`${CHART_CRDS}/${kind.plural}.yaml`, chartCrd(kind));
    files.set(`${KIND_PAGES}/${kind.singular}.md`, kindPage(kind, await readExample(root, kind.kind)));
  }
  files.set(CLI_PAGE, cliPage());
  files.set(CONFIGURATION_PAGE, configurationPage());
  return files.set(`${KIND_PAGES}/README.md`, kindIndex(KINDS));
}

/** Every file that is not as it should be, with what is wrong with it. */
export async function findDrift(root: string, files: Files): Promise<string[]> {
  const problems: string[] = [];
  for (const [path, content] of files) {
    const live = await readFile(join(root, path), "utf8").catch(() => undefined);
    if (live === undefined) problems.push(`${path}: is missing`);
    else if (live !== content) problems.push(`${path}: is not what its source makes`);
  }
  return [...problems, ...(await strangers(root, files)).map((path) => `${path}: has no source`)];
}

/** Makes the folders hold exactly these files. */
export async function writeFiles(root: string, files: Files): Promise<void> {
  for (const path of await strangers(root, files)) await rm(join(root, path));
  for (const [path, content] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

async function strangers(root: string, files: Files): Promise<string[]> {
  const found = await Promise.all(
    FOLDERS.map(async (folder) =>
      (await readdir(join(root, folder)).catch(() => [])).map((name) => `${folder}/${name}`),
    ),
  );
  return found.flat().filter((path) => !files.has(path));
}

async function readExample(root: string, kind: string): Promise<string> {
  const path = join(root, "examples", EXAMPLES[kind] ?? "");
  const documents = parseAllDocuments(await readFile(path, "utf8"));
  const example = documents.filter((document) => document.get("kind") === kind).at(-1);
  if (example === undefined) throw new Error(`${path} has no ${kind}`);
  return example.toString({ directives: false, lineWidth: 0, flowCollectionPadding: false });
}
