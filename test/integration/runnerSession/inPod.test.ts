import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { FrameDecoder, readRunnerMessage, type RunnerMessage } from "@clauderon/protocol";
import { describe, expect, it, onTestFinished } from "vitest";
import { RUNNER } from "../../kit/programs.ts";
import { POLL } from "./sessionProcess.ts";

// As in a pod: an empty volume, and what the session is in a file beside it; exec joins stdin and stdout to the socket.

function emptyVolume() {
  const root = mkdtempSync(join(tmpdir(), "pod-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));
  const spec = {
    session: "pod",
    agent: "scripted",
    workingDirectory: join(root, "volume/project"),
    home: join(root, "volume/home"),
    socket: join(root, "run/session/runner.sock"),
    permissionMode: "default",
    autostart: false,
  };
  const file = join(root, "spec.json");
  writeFileSync(file, JSON.stringify(spec));
  return { folder: join(root, "volume/session"), file, spec };
}

function runner(...args: readonly string[]): ChildProcess {
  const child = spawn("node", [RUNNER, ...args], { env: { PATH: process.env["PATH"] }, stdio: "pipe" });
  const exited = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGTERM");
    await exited;
  });
  return child;
}

function messagesOf(child: ChildProcess): RunnerMessage[] {
  const messages: RunnerMessage[] = [];
  const decoder = new FrameDecoder();
  child.stdout?.on("data", (chunk: Buffer) => {
    for (const frame of decoder.push(chunk)) {
      const message = frame.type === "control" ? readRunnerMessage(frame.bytes) : undefined;
      if (message !== undefined) messages.push(message);
    }
  });
  return messages;
}

describe("a runner in a pod", () => {
  it("starts on an empty volume with the given file, and answers a connect that waited for it", async () => {
    const { folder, file, spec } = emptyVolume();
    const messages = messagesOf(runner("connect", folder, "30"));
    runner("session", folder, file);
    await expect
      .poll(() => messages, POLL)
      .toMatchObject([
        { type: "hello", session: "pod" },
        { type: "status", state: "Waiting" },
      ]);
    expect(JSON.parse(readFileSync(join(folder, "session.json"), "utf8"))).toEqual(spec);
  });

  it("prefers a changed file to the folder's earlier content", async () => {
    const { folder, file, spec } = emptyVolume();
    const first = runner("session", folder, file);
    const messages = messagesOf(runner("connect", folder, "30"));
    await expect.poll(() => messages.length, POLL).toBe(2);
    first.kill("SIGTERM");
    await once(first, "exit");
    writeFileSync(file, JSON.stringify({ ...spec, session: "other" }));
    runner("session", folder, file);
    const after = messagesOf(runner("connect", folder, "30"));
    await expect.poll(() => after, POLL).toContainEqual(expect.objectContaining({ session: "other" }));
  });

  it("is reported when it does not start in time, and a missing file is reported immediately", async () => {
    const { folder, file } = emptyVolume();
    const waiting = runner("connect", folder, "1");
    const starting = runner("session", folder, `${file}.missing`);
    const [told, refused] = await Promise.all([waiting, starting].map(({ stderr }) => text(stderr ?? process.stdin)));
    expect(told).toContain(`Cannot read ${folder}/session.json`);
    expect(refused).toMatch(/^error\[FILE_UNREADABLE\]: Cannot make .*spec\.json\.missing/);
  });
});
