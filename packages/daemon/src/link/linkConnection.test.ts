import { duplexPair } from "node:stream";
import { controlFrame, encodeFrame, FrameDecoder } from "@clauderon/protocol";
import { expect, it } from "vitest";
import { LinkConnection } from "./linkConnection.ts";

const CLIPBOARD = "\u001b]52;c;c3RvbGVu\u0007";

/** A connection to a runner that answers what it is asked with this error. */
function refusedWith(code: string, message: string, hint?: string): LinkConnection {
  const [ours, theirs] = duplexPair();
  const decoder = new FrameDecoder();
  theirs.on("data", (chunk: Uint8Array) => {
    for (const frame of decoder.push(chunk)) {
      if (frame.type !== "control") continue;
      const { id } = JSON.parse(Buffer.from(frame.bytes).toString()) as { id: number };
      theirs.write(
        encodeFrame(controlFrame(0, { type: "error", id, code, message, ...(hint === undefined ? {} : { hint }) })),
      );
    }
  });
  return new LinkConnection(ours, "fix-it", { status: () => undefined, closed: () => undefined });
}

it("a runner's error contains nothing that a terminal acts on", async () => {
  const asked = refusedWith("AGENT_FAILED", `${CLIPBOARD}It\u009b31m failed`, `${CLIPBOARD}Try`).ask({
    type: "capture",
  });
  await expect(asked).rejects.toMatchObject({
    code: "AGENT_FAILED",
    message: "]52;c;c3RvbGVuIt31m failed",
    hint: "]52;c;c3RvbGVuTry",
  });
});

it.each(["constructor", "NONE_OF_OURS"])("a runner's error of code %s is AGENT_FAILED", async (code) => {
  await expect(refusedWith(code, "Why").ask({ type: "capture" })).rejects.toMatchObject({ code: "AGENT_FAILED" });
});
