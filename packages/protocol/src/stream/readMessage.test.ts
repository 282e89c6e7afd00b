import { describe, expect, it } from "vitest";
import { readClientMessage, readRunnerMessage } from "./readMessage.ts";
import { FrameError } from "./frames.ts";
import { MAX_PROMPT_BYTES } from "../session/limits.ts";
import { MAX_CLIENT_CONTROL_BYTES } from "./limits.ts";
import { closeFrame, controlFrame } from "./controlFrame.ts";

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const bytesOf = (frame: ReturnType<typeof controlFrame>) => ("bytes" in frame ? frame.bytes : new Uint8Array(0));

describe("control messages", () => {
  it("arrive as they were sent, with defaults filled in", () => {
    const attach = { type: "attach", cols: 80, rows: 24, mode: "watch" } as const;
    expect(readClientMessage(bytesOf(controlFrame(1, attach)))).toEqual({ ...attach, takeOver: false });
    const terminal = { type: "terminal", writer: true, cols: 80, rows: 24 } as const;
    expect(readRunnerMessage(bytesOf(controlFrame(1, terminal)))).toEqual(terminal);
  });

  it("fit the longest prompt in its longest encoding", () => {
    const prompt = "\u0001".repeat(MAX_PROMPT_BYTES);
    const frame = bytesOf(controlFrame(0, { type: "prompt", id: 1, prompt }));
    expect(frame.length).toBeLessThanOrEqual(MAX_CLIENT_CONTROL_BYTES);
    expect(readClientMessage(frame)).toEqual({ type: "prompt", id: 1, prompt });
  });

  it.each([
    ["no text", new Uint8Array([0xff, 0xfe])],
    ["no JSON", bytes("{")],
    ["an unknown type", bytes('{"type":"sudo"}')],
    ["a member too many", bytes('{"type":"start","id":1,"as":"root"}')],
    ["a size that no terminal has", bytes('{"type":"resize","cols":0,"rows":24}')],
    ["a prompt with NUL", bytes('{"type":"prompt","id":1,"prompt":"a\\u0000b"}')],
  ])("are refused when they are %s", (_, message) => {
    expect(() => readClientMessage(message)).toThrow(FrameError);
  });

  it("give the reason of a close, if it has one", () => {
    expect(closeFrame(3)).toEqual({ channel: 3, type: "close", bytes: bytes("") });
    expect(closeFrame(3, { code: "TIMEOUT", message: "Gone" })).toEqual({
      channel: 3,
      type: "close",
      bytes: bytes('{"reason":{"code":"TIMEOUT","message":"Gone"}}'),
    });
  });
});
