import { describe, expect, it } from "vitest";
import { serveHealth } from "./health.ts";

describe("serveHealth", () => {
  it("is healthy immediately, and ready exactly while the operator is ready", async () => {
    let reason: string | undefined = "The CRDs are older than the operator";
    const health = await serveHealth(0, () => reason);
    const status = async (path: string) => (await fetch(`http://127.0.0.1:${health.port}${path}`)).status;
    try {
      expect([await status("/healthz"), await status("/readyz"), await status("/")]).toEqual([200, 503, 404]);
      expect(await (await fetch(`http://127.0.0.1:${health.port}/readyz`)).text()).toBe(`${reason}\n`);
      reason = undefined;
      expect(await status("/readyz")).toBe(200);
    } finally {
      await health.close();
    }
  });
});
