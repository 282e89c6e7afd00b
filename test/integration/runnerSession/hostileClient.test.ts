import { controlFrame } from "@clauderon/protocol";
import { describe, expect, it } from "vitest";
import { POLL, SessionProcess } from "./sessionProcess.ts";

const HOSTILE: Readonly<Record<string, Uint8Array>> = {
  "a frame that lies about its length": Buffer.from("ffffffff0000000001", "hex"),
  "a frame of an unknown type": Buffer.from("0000000500000000ff", "hex"),
  "control that is not JSON": Buffer.from("00000006000000000078", "hex"),
};

describe("a runner", () => {
  it.each(Object.entries(HOSTILE))("ends a connection that sends %s, and serves the others", async (_what, bytes) => {
    const session = new SessionProcess();
    const hostile = await session.connect();
    hostile.sendRaw(bytes);
    await expect.poll(() => hostile.closed, POLL).toMatch(/reason/);
    const other = (await session.connect()).attach({ offset: 0 });
    await expect.poll(() => other.text, POLL).toContain("terminal agent");
  });

  it("refuses a prompt with NUL, a reused channel, and more input than was granted", async () => {
    const session = new SessionProcess();
    const attach = controlFrame(1, { type: "attach", cols: 80, rows: 24, mode: "write" });
    const typed = { channel: 1, type: "data", bytes: Buffer.alloc(200_000, "x") } as const;
    for (const frames of [
      [controlFrame(0, { type: "prompt", id: 1, prompt: "a\0b" })],
      [attach, attach],
      [attach, typed, typed],
    ]) {
      const client = await session.connect();
      for (const frame of frames) client.send(frame);
      await expect.poll(() => client.closed, POLL).toMatch(/NUL|in use|granted/);
    }
  });
});
