import { duplexPair } from "node:stream";
import { closeFrame, controlFrame, encodeFrame } from "@clauderon/protocol/wire";
import { expect, it } from "vitest";
import { StreamClient } from "./streamClient.ts";

const CLIPBOARD = "\u001b]52;c;c3RvbGVu\u0007";

it("a session's error or end message contains nothing that a terminal acts on", async () => {
  const [ours, theirs] = duplexPair();
  const stream = new StreamClient(ours);
  const told: unknown[] = [];
  const closed = new Promise((resolve) => {
    const handler = { control: (message: unknown) => told.push(message), bytes: () => undefined, close: resolve };
    stream.open({ type: "exec", argv: ["true"] }, handler);
  });
  theirs.resume();
  theirs.write(encodeFrame(controlFrame(1, { type: "error", code: "BUG", message: `${CLIPBOARD}Why` })));
  theirs.write(encodeFrame(closeFrame(1, { code: "BUG", message: `${CLIPBOARD}Over` })));
  theirs.end(encodeFrame(closeFrame(0, { code: "BUG", message: `${CLIPBOARD}Lost` })));
  expect(await closed).toEqual({ code: "BUG", message: "]52;c;c3RvbGVuOver" });
  expect(told).toEqual([{ type: "error", code: "BUG", message: "]52;c;c3RvbGVuWhy" }]);
  expect(await stream.closed).toEqual({ refusal: { code: "BUG", message: "]52;c;c3RvbGVuLost" } });
});
