import { duplexPair, Readable } from "node:stream";
import {
  type ClientControl,
  type ClientMessage,
  encodeFrame,
  type Frame,
  INITIAL_WINDOW_BYTES,
  MAX_CHANNELS,
  readClientMessage,
} from "@clauderon/protocol";
import { describe, expect, it } from "vitest";
import type { ChannelListener } from "./channel.ts";
import { StreamClient } from "./streamClient.ts";
import { StreamConnection } from "./streamConnection.ts";

/** A server that opens each channel that it is asked for, and a client of it. */
function connected(listener: ChannelListener<ClientControl> = {}) {
  const [ours, theirs] = duplexPair();
  const channels: ReturnType<StreamConnection<ClientControl>["open"]>[] = [];
  const server = new StreamConnection<ClientControl>(theirs, {
    isServer: true,
    read: readClientMessage,
    control: (_, number) => void channels.push(server.open(number, () => listener)),
  });
  return { client: new StreamClient(ours), channels, raw: (frame: Frame) => void ours.write(encodeFrame(frame)) };
}

const EXEC: ClientMessage = { type: "exec", argv: ["cat"] };
const open = (channel: number): Frame => ({ channel, type: "control", bytes: Buffer.from(JSON.stringify(EXEC)) });
const turns = () => new Promise((resolve) => setImmediate(resolve));

describe("a channel", () => {
  it("sends as much as is granted, and lets its source wait for the rest", async () => {
    const read: (() => void)[] = [];
    let arrived = 0;
    const { client } = connected({
      bytes: ({ bytes }, consumed) => {
        arrived += bytes.length;
        read.push(consumed);
      },
    });
    const channel = client.open(EXEC, {});
    const chunks = Array.from({ length: 16 }, () => Buffer.alloc(INITIAL_WINDOW_BYTES / 4, "x"));
    const source = Readable.from(chunks);
    const carried = channel.carry(source);
    await expect.poll(() => arrived).toBe(INITIAL_WINDOW_BYTES);
    await turns();
    expect(source.isPaused()).toBe(true);
    expect(arrived).toBe(INITIAL_WINDOW_BYTES);
    let isCarried = false;
    void carried.then(() => (isCarried = true));
    await expect
      .poll(() => {
        for (const consumed of read.splice(0)) consumed();
        return [arrived, isCarried];
      })
      .toEqual([4 * INITIAL_WINDOW_BYTES, true]);
    await channel.sent();
    expect(channel.waitingBytes).toBe(0);
  });

  it("ends the connection of a peer that sends more than was granted", async () => {
    const { client, raw } = connected({ bytes: () => undefined });
    client.open(EXEC, {});
    raw({ channel: 1, type: "data", bytes: Buffer.alloc(INITIAL_WINDOW_BYTES) });
    raw({ channel: 1, type: "data", bytes: Buffer.alloc(1) });
    expect((await client.closed).refusal?.message).toContain("granted");
  });

  it("gives its source free when it is closed, and drops what waits", async () => {
    const { client, channels } = connected({ bytes: () => undefined });
    const channel = client.open(EXEC, {});
    const carried = channel.carry(Readable.from([Buffer.alloc(2 * INITIAL_WINDOW_BYTES), Buffer.alloc(5)]));
    await expect.poll(() => channel.waitingBytes).toBeGreaterThan(0);
    channels[0]?.close({ code: "TIMEOUT", message: "Late", hint: "Wait" });
    await carried;
    expect(channel.waitingBytes).toBe(0);
  });

  it("tells the code, message and hint that it was closed with", async () => {
    const { client, channels } = connected();
    const closed = new Promise((resolve) => void client.open(EXEC, { close: resolve }));
    await expect.poll(() => channels.length).toBe(1);
    channels[0]?.close({ code: "TIMEOUT", message: "Late", hint: "Wait" });
    expect(await closed).toEqual({ code: "TIMEOUT", message: "Late", hint: "Wait" });
  });
});

it("a server refuses a channel too many, a number in use, and what only it may send", async () => {
  for (const [frames, message] of [
    [Array.from({ length: MAX_CHANNELS + 1 }, (_, at) => open(at + 1)), "More than 64 channels"],
    [[open(1), open(1)], "in use"],
    [[open(0)], "in use"],
    [[{ channel: 1, type: "output", offset: 0, bytes: Buffer.alloc(1) }], "sends no output"],
  ] as const) {
    const { client, raw } = connected();
    for (const frame of frames) raw(frame);
    expect((await client.closed).refusal?.message).toContain(message);
  }
});
