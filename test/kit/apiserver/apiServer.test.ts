import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ask } from "./client.ts";
import { type ApiServer, startApiServer } from "./index.ts";

describe("startApiServer", () => {
  it("serves two at once, each with its own data, and leaves nothing behind", async () => {
    const folders: string[] = [];
    {
      await using first = await startApiServer();
      await using second = await startApiServer();
      folders.push(dirname(first.kubeconfig), dirname(second.kubeconfig));
      await first.kubectl(["create", "namespace", "only-here"]);
      expect(await first.kubectl(["get", "namespaces", "-o", "name"])).toContain("namespace/only-here");
      expect(await second.kubectl(["get", "namespaces", "-o", "name"])).not.toContain("only-here");
    }
    expect(folders.map((folder) => existsSync(folder))).toEqual([false, false]);
  });

  it("answers a watch from before a compaction with 410 immediately, without a watch cache", async () => {
    await using api = await startApiServer({ flags: ["--watch-cache=false"] });
    const before = await resourceVersion(api);
    await api.kubectl(["create", "namespace", "later"]);
    expect(await watchFrom(api, before)).toContain('"name":"later"');
    await api.compact();
    expect(await watchFrom(api, before)).toContain('"code":410');
    expect(await watchFrom(api, await resourceVersion(api))).not.toContain('"code":410');
  });

  it("ends with a test process that is killed", async () => {
    const script = `import { startApiServer } from "./index.ts";
      const api = await startApiServer(); console.log(api.kubeconfig); setInterval(() => {}, 1000);`;
    const args = ["--input-type=module-typescript", "-e", script];
    const owner = spawn(process.execPath, args, { cwd: import.meta.dirname, stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(owner.stdout, "data")) as [Buffer];
    const folder = dirname(line.toString().trim());
    expect(await processesOf(folder)).toHaveLength(3);
    owner.kill("SIGKILL");
    await vi.waitFor(async () => expect([existsSync(folder), await processesOf(folder)]).toEqual([false, []]), 10_000);
  });
});

describe("an ApiServer that lasts for a test file", () => {
  let api: ApiServer;
  beforeAll(async () => void (api = await startApiServer()));
  afterAll(async () => await api[Symbol.asyncDispose]());

  it("is back at the same address with its data after kill and restart", async () => {
    await api.kubectl(["create", "namespace", "kept"]);
    await api.kill();
    await expect(api.kubectl(["get", "namespace", "kept"])).rejects.toThrow(/refused/);
    await api.restart();
    expect(await api.kubectl(["get", "namespace", "kept", "-o", "name"])).toBe("namespace/kept\n");
  });

  it("answers a watch from before a compaction with 410 after a restart", async () => {
    const before = await resourceVersion(api);
    await api.kubectl(["create", "namespace", "later"]);
    await api.compact();
    await api.restart();
    expect(await watchFrom(api, before)).toContain('"code":410');
  });

  it("issues service account tokens and revokes them on request", async () => {
    await api.kubectl(["create", "serviceaccount", "robot", "-n", "default"]);
    const token = await api.serviceAccountToken("default", "robot", { expirationSeconds: 600 });
    const asRobot = [`--token=${token}`, `--server=${api.url}`, "--insecure-skip-tls-verify", "--kubeconfig=/dev/null"];
    expect(await api.kubectl(["auth", "whoami", ...asRobot])).toContain("system:serviceaccount:default:robot");
    await api.revokeTokens();
    await expect(api.kubectl(["auth", "whoami", ...asRobot])).rejects.toThrow(/Unauthorized|logged in/);
  });
});

async function resourceVersion(api: ApiServer): Promise<string> {
  const list = JSON.parse(await api.kubectl(["get", "--raw", "/api/v1/namespaces"])) as {
    metadata: { resourceVersion: string };
  };
  return list.metadata.resourceVersion;
}

async function watchFrom(api: ApiServer, version: string): Promise<string> {
  const { url, certificateAuthority, adminCertificate: certificate, adminKey: key } = api;
  const path = `/api/v1/namespaces?watch=true&timeoutSeconds=1&resourceVersion=${version}`;
  return (await ask({ url, certificateAuthority, certificate, key }, "GET", path)).body;
}

/** Command lines that name the folder: the reaper, etcd and the API server. */
async function processesOf(folder: string): Promise<readonly string[]> {
  const all = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(all.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
  return lines.filter((line) => line.includes(folder));
}
