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
    ["no type", bytes('{"id":1}')],
    ["a number as their type", bytes('{"type":1}')],
    ["a size that no terminal has", bytes('{"type":"resize","cols":0,"rows":24}')],
    ["a prompt with NUL", bytes('{"type":"prompt","id":1,"prompt":"a\\u0000b"}')],
  ])("are refused when they are %s", (_, message) => {
    expect(() => readClientMessage(message)).toThrow(FrameError);
  });

  it("ignore members that they do not know", () => {
    expect(readClientMessage(bytes('{"type":"start","id":1,"later":{"x":1}}'))).toEqual({ type: "start", id: 1 });
    const status = { type: "status", state: "Running", activity: "Idle", turns: 1 } as const;
    expect(readRunnerMessage(bytes(JSON.stringify({ ...status, later: [1] })))).toEqual(status);
  });

  it("take a state, an activity or a forwarding that they do not know for none in particular", () => {
    const later = { type: "status", state: "Dreaming", activity: "Musing", turns: 1 };
    expect(readRunnerMessage(bytes(JSON.stringify(later)))).toMatchObject({ state: "Running", activity: "Unknown" });
    const done = { type: "done", id: 1, forwarding: "Sideways" };
    expect(readRunnerMessage(bytes(JSON.stringify(done)))?.type).toBe("done");
  });

  it("of an unknown type are refused one by one from a client, and ignored from a runner", () => {
    expect(readClientMessage(bytes('{"type":"sudo","id":7}'))).toMatchObject({
      type: "unknown",
      request: 7,
      refusal: { code: "FEATURE_DISABLED", message: 'The message "sudo" is not known here' },
    });
    expect(readRunnerMessage(bytes('{"type":"later","id":7}'))).toBeUndefined();
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
