import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../run.ts";
import { cached } from "./cached.ts";
import { goProgram } from "./goToolchain.ts";

/** What the cluster runs: the last minor whose kubelet takes cgroup v1 without being asked. */
export const NEWEST_KUBERNETES = "1.34.4";
/** The oldest version that the products promise to run on: kubeVersion of the chart, and docs/kubernetes.md. */
export const OLDEST_KUBERNETES = "1.28.15";

/** The binary that is every Kubernetes component, chosen by its first argument. */
export async function kubeBinary(): Promise<string> {
  return await kubernetesBinary("kube", NEWEST_KUBERNETES);
}

/** The command that starts the API server of the newest or of the oldest version, without its flags. */
export async function apiServerCommand(version: "newest" | "oldest"): Promise<readonly [string, ...string[]]> {
  return version === "newest"
    ? [await kubeBinary(), "apiserver"]
    : [await kubernetesBinary("apiserver", OLDEST_KUBERNETES)];
}

/** A program of ours that is built with a version of Kubernetes. */
async function kubernetesBinary(name: "kube" | "apiserver", version: string): Promise<string> {
  const main = join(import.meta.dirname, name, "main.go");
  const flags = kubeFlags(version);
  const build = async (into: string) => {
    const source = join(into, "source");
    await mkdir(source);
    await copyFile(main, join(source, "main.go"));
    const wanted = `k8s.io/kubernetes@v${version}`;
    const module = JSON.parse(await go(source, ["mod", "download", "-json", wanted])) as { GoMod: string };
    await writeFile(join(source, "go.mod"), kubeGoMod(await readFile(module.GoMod, "utf8"), version));
    await go(source, ["mod", "tidy"]);
    await go(source, ["build", ...flags, "-o", join(into, name), "."]);
    await rm(source, { recursive: true });
  };
  return join(await cached({ name, version, inputs: [await readFile(main, "utf8"), ...flags], build }), name);
}

export async function corednsBinary(): Promise<string> {
  return await toolBinary("coredns", "1.13.1", "github.com/coredns/coredns");
}

export async function localPathProvisionerBinary(): Promise<string> {
  return await toolBinary("local-path-provisioner", "0.0.30", "github.com/rancher/local-path-provisioner");
}

function kubeFlags(kubernetes: string): readonly string[] {
  const [gitMajor, gitMinor] = kubernetes.split(".");
  const version = {
    gitVersion: `v${kubernetes}`,
    gitMajor,
    gitMinor,
    gitCommit: "0000000",
    gitTreeState: "clean",
    buildDate: "2026-01-01T00:00:00Z",
  };
  const stamps = Object.entries(version).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
  return ["-trimpath", "-tags", "providerless", "-ldflags", ["-s", "-w", ...stamps].join(" ")];
}

/**
 * The go.mod of our binary. k8s.io/kubernetes replaces its staging modules by relative paths, which do not reach a
 * module that depends on it: they are said again, with the versions they are published under. The line `go` is that of
 * Kubernetes, so that a newer Go keeps the behaviour that the version was released with.
 */
export function kubeGoMod(kubernetesGoMod: string, kubernetes: string): string {
  const staged = [...kubernetesGoMod.matchAll(/^\s*(?:replace )?(k8s\.io\/[a-z-]+) => \.\/staging/gm)].map(
    (match) => match[1],
  );
  const version = `v0${kubernetes.slice(1)}`;
  return [
    "module testcluster/kube",
    "",
    /^go .*$/m.exec(kubernetesGoMod)?.[0] ?? "",
    `require k8s.io/kubernetes v${kubernetes}`,
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
