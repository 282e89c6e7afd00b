import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text as readText } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "script-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("main.ts messages", () => {
  it("serves a script file until it is interrupted", async () => {
    const script = join(folder, "script.json");
    await writeFile(script, '[{ "type": "text", "text": "from a file" }]');
    const server = spawn(process.execPath, [MAIN, "messages", "--script", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void server.kill("SIGKILL"));
    const [greeting] = (await once(server.stdout, "data")) as [Buffer];
    const baseUrl = /http:\/\/127\.0\.0\.1:\d+/.exec(greeting.toString())?.[0];
    const body = JSON.stringify({ messages: [{ role: "user", content: "hi" }], tools: [{ name: "Bash" }] });
    const answer = await fetch(`${baseUrl}/v1/messages`, { method: "POST", body });
    expect(await answer.text()).toContain("from a file");
    server.kill("SIGINT");
    expect(await once(server, "exit")).toEqual([0, null]);
  });

  it.each([{ args: [] }, { args: ["messages"] }, { args: ["messages", "--script", "x", "--port", "abc"] }])(
    "prints its usage for $args",
    async ({ args }) => {
      const server = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "inherit", "pipe"] });
      const [stderr] = await Promise.all([readText(server.stderr), once(server, "close")]);
      expect([server.exitCode, stderr]).toEqual([2, expect.stringContaining("usage: ")]);
    },
  );
});
