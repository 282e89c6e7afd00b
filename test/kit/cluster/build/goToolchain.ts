import { chmod, cp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../run.ts";
import { cached } from "./cached.ts";
import { ensureDebianPackages } from "./debian.ts";

/** What Kubernetes and CoreDNS ask for in their go.mod. */
const OLDEST = [1, 25] as const;
/** What is taken where there is none so new. Go's own toolchains are Go modules (https://go.dev/doc/toolchain). */
const TOOLCHAIN = "1.26.8";

/** Path of a Go that can build Kubernetes: the one on PATH when it is new enough, else one that Debian's Go fetches. */
export async function goProgram(): Promise<string> {
  if (isNewEnough(await versionOf("go"))) return "go";
  const folder = await cached({ name: "go", version: TOOLCHAIN, inputs: [process.arch], build: fetchToolchain });
  return join(folder, "toolchain", "bin", "go");
}

/** `go version go1.26.8 linux/amd64`, or nothing. */
export function isNewEnough(version: string): boolean {
  const [, major = "0", minor = "0"] = /\bgo(\d+)\.(\d+)/.exec(version) ?? [];
  const [wantedMajor, wantedMinor] = OLDEST;
  return Number(major) > wantedMajor || (Number(major) === wantedMajor && Number(minor) >= wantedMinor);
}

async function versionOf(go: string): Promise<string> {
  return await run(go, ["version"]).catch(() => "");
}

async function fetchToolchain(into: string): Promise<void> {
  await ensureDebianPackages(["golang-go", "ca-certificates"]);
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  const scratch = join(into, "scratch");
  await mkdir(scratch);
  await writeFile(join(scratch, "go.mod"), "module testcluster/toolchain\n");
  const module = `golang.org/toolchain@v0.0.1-go${TOOLCHAIN}.linux-${arch}`;
  const { Dir: fetched } = JSON.parse(
    await run("/usr/bin/go", ["mod", "download", "-json", module], { cwd: scratch, env: { GOFLAGS: "" } }),
  ) as { Dir: string };
  const toolchain = join(into, "toolchain");
  await cp(fetched, toolchain, { recursive: true, mode: 0 });
  await rm(scratch, { recursive: true });
  for (const folder of ["bin", join("pkg", "tool", `linux_${arch}`)]) await makeExecutable(join(toolchain, folder));
}

/** A module's files are never executable, and those of the module cache not writable. */
async function makeExecutable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const name of await readdir(folder)) await chmod(join(folder, name), 0o755);
}
