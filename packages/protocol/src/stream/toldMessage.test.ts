import { expect, it } from "vitest";
import { readClose, readTold } from "./toldMessage.ts";

const bytes = (text: string) => new Uint8Array(Buffer.from(text));

it("readTold reads the messages that a command acts on and skips the rest", () => {
  expect(readTold(bytes('{"type":"attached","writer":true,"cols":80,"rows":24}'))).toMatchObject({ writer: true });
  expect(readTold(bytes('{"type":"exit","exitCode":130}'))).toEqual({ type: "exit", exitCode: 130 });
  expect(readTold(bytes('{"type":"done","id":1}'))).toBeUndefined();
});

it("readClose reads the reason of a runner of version 0.1.0, which was a text", () => {
  expect(readClose(bytes('{"reason":"git failed"}'))).toEqual({ code: "AGENT_FAILED", message: "git failed" });
  expect(readClose(bytes(""))).toBeUndefined();
});

it.each([
  "",
  "null",
  "[",
  '{"type":"terminal","writer":"yes"}',
  '{"type":"exit","exitCode":"0"}',
  '{"type":"exit","exitCode":1e9}',
  '{"type":"error","code":"BUG","message":{}}',
])("readTold refuses %j", (text) => {
  expect(() => readTold(bytes(text))).toThrow("Not a control message");
});
