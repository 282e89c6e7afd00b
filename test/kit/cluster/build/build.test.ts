import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { run } from "../run.ts";
import { toolPath } from "../tools.ts";
import { artifactKey } from "./cached.ts";
import { missingPackages } from "./debian.ts";
import { kubeGoMod } from "./goBinaries.ts";

describe("cached", () => {
  let home: string;
  beforeEach(async () => void (home = await mkdtemp(join(tmpdir(), "kit-cache-"))));
  afterEach(async () => await rm(home, { recursive: true }));

  it("builds once for two processes that ask at the same time", async () => {
    const outputs = await Promise.all([build("await go(folder, 2)"), build("await go(folder, 2)")]);
    expect(outputs.map(({ code }) => code)).toEqual([0, 0]);
    expect(outputs.filter(({ stdout }) => stdout.includes("BUILDING"))).toHaveLength(1);
    const folder = join(home, "clauderon", "test-cluster", artifactKey({ name: "toy", version: "1", inputs: [] }));
    expect(await readdir(folder)).toEqual(["made"]);
  });

  it("leaves no result of a failed build, and builds again", async () => {
    expect(await build("await go(folder); throw new Error('no space')")).toMatchObject({ code: 1 });
    expect(await build("await go(folder)")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("BUILDING") as string,
    });
    expect(
      (await readdir(join(home, "clauderon", "test-cluster"))).filter((name) => name.includes("unfinished")),
    ).toEqual([]);
  });

  async function build(body: string): Promise<{ code: number; stdout: string }> {
    const script = `import { cached } from "./cached.ts"; import { readdir, writeFile } from "node:fs/promises";
      const callers = async () => (await readdir(${JSON.stringify(home)})).filter((name) => name.startsWith("caller-")).length;
      const go = async (folder, among = 1) => {
        console.log("BUILDING");
        while ((await callers()) < among);
        await writeFile(folder + "/made", "");
      };
      await writeFile(${JSON.stringify(join(home, "caller-"))} + process.pid, "");
      await cached({ name: "toy", version: "1", inputs: [], build: async (folder) => { ${body} } });`;
    const env = { ...process.env, XDG_CACHE_HOME: home };
    const args = ["--input-type=module-typescript", "--eval", script];
    const child = spawn(process.execPath, args, { cwd: import.meta.dirname, env, stdio: ["ignore", "pipe", "ignore"] });
    const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, "close") as Promise<[number]>]);
    return { code, stdout };
  }
});

describe("artifactKey", () => {
  it("changes with version and inputs, and with nothing else", () => {
    expect(new Set([key("1", "a", "b"), key("2", "a", "b"), key("1", "ab"), key("1", "b", "a")]).size).toBe(4);
    expect(key("1", "a", "b")).toBe(key("1", "a", "b"));
  });
});

function key(version: string, ...inputs: readonly string[]): string {
  return artifactKey({ name: "kube", version, inputs });
}

describe("kubeGoMod", () => {
  it("gives every staging module its published version", () => {
    const upstream =
      "replace (\n\tk8s.io/api => ./staging/src/k8s.io/api\n\tk8s.io/client-go => ./staging/src/k8s.io/client-go\n)\n";
    const lines = kubeGoMod(`go 1.20\n\n${upstream}`, "1.28.15").split("\n");
    expect(lines.filter((line) => line.includes("=>"))).toEqual([
      "\tk8s.io/api => k8s.io/api v0.28.15",
      "\tk8s.io/client-go => k8s.io/client-go v0.28.15",
    ]);
    expect(lines).toContain("go 1.20");
  });
});

describe("missingPackages", () => {
  it("keeps only what is not installed", () => {
    expect(missingPackages(["etcd-server", "runc"], new Set(["runc", "bash"]))).toEqual(["etcd-server"]);
  });
});

describe("toolPath", () => {
  it("unpacks tools that run", async () => {
    expect(await run(await toolPath("kubectl"), ["version", "--client"])).toContain("Client Version: v1.35");
    expect(await run(await toolPath("helm"), ["version", "--short"])).toMatch(/^v4\./);
    expect(await run(await toolPath("helm3"), ["version", "--short"])).toMatch(/^v3\./);
  });
});
