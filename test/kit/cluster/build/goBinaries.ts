import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../run.ts";
import { cached } from "./cached.ts";
import { goProgram } from "./goToolchain.ts";

const KUBERNETES = "1.34.4"; // The last minor whose kubelet takes cgroup v1 without being asked.
const MAIN_GO = join(import.meta.dirname, "kube", "main.go");

/** The binary that is every Kubernetes component, chosen by its first argument. */
export async function kubeBinary(): Promise<string> {
  const flags = kubeFlags();
  const inputs = [await readFile(MAIN_GO, "utf8"), ...flags];
  const folder = await cached({ name: "kube", version: KUBERNETES, inputs, build: (into) => buildKube(into, flags) });
  return join(folder, "kube");
}

export async function corednsBinary(): Promise<string> {
  return await toolBinary("coredns", "1.13.1", "github.com/coredns/coredns");
}

export async function localPathProvisionerBinary(): Promise<string> {
  return await toolBinary("local-path-provisioner", "0.0.30", "github.com/rancher/local-path-provisioner");
}

function kubeFlags(): readonly string[] {
  const version = {
    gitVersion: `v${KUBERNETES}`,
    gitMajor: KUBERNETES.split(".")[0],
    gitMinor: KUBERNETES.split(".")[1],
    gitCommit: "0000000",
    gitTreeState: "clean",
    buildDate: "2026-01-01T00:00:00Z",
  };
  const stamps = Object.entries(version).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
  return ["-trimpath", "-tags", "providerless", "-ldflags", ["-s", "-w", ...stamps].join(" ")];
}

async function buildKube(folder: string, flags: readonly string[]): Promise<void> {
  const source = join(folder, "source");
  await mkdir(source);
  await copyFile(MAIN_GO, join(source, "main.go"));
  const module = JSON.parse(await go(source, ["mod", "download", "-json", `k8s.io/kubernetes@v${KUBERNETES}`])) as {
    GoMod: string;
  };
  await writeFile(join(source, "go.mod"), kubeGoMod(await readFile(module.GoMod, "utf8")));
  await go(source, ["mod", "tidy"]);
  await go(source, ["build", ...flags, "-o", join(folder, "kube"), "."]);
  await rm(source, { recursive: true });
}

/**
 * The go.mod of our binary. k8s.io/kubernetes replaces its staging modules by relative paths, which do not reach a
 * module that depends on it: they are said again, with the versions they are published under.
 */
export function kubeGoMod(kubernetesGoMod: string): string {
  const staged = [...kubernetesGoMod.matchAll(/^\s*(?:replace )?(k8s\.io\/[a-z-]+) => \.\/staging/gm)].map(
    (match) => match[1],
  );
  const version = `v0${KUBERNETES.slice(1)}`;
  return [
    "module testcluster/kube",
    "",
    "go 1.24.0",
    `require k8s.io/kubernetes v${KUBERNETES}`,
    "",
    "replace (",
    ...staged.map((name) => `\t${name} => ${name} ${version}`),
    ")",
    "",
  ].join("\n");
}

async function toolBinary(name: string, version: string, module: string): Promise<string> {
  const build = async (folder: string) => {
    const source = join(folder, "source");
    await mkdir(source);
    await writeFile(join(source, "go.mod"), `module testcluster/${name}\n\ngo 1.25.0\n`);
    await writeFile(join(source, "tools.go"), `//go:build tools\n\npackage tools\n\nimport _ "${module}"\n`);
    await go(source, ["get", `${module}@v${version}`]);
    await go(source, ["mod", "tidy"]);
    await go(source, ["build", "-trimpath", "-ldflags", "-s -w", "-o", join(folder, name), module]);
    await rm(source, { recursive: true });
  };
  return join(await cached({ name, version, inputs: [module], build }), name);
}

async function go(cwd: string, args: readonly string[]): Promise<string> {
  return await run(await goProgram(), args, { cwd, env: { CGO_ENABLED: "0" } });
}
