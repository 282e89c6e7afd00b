import { describe, expect, it } from "vitest";
import { serveHealth } from "./health.ts";

describe("serveHealth", () => {
  it("is healthy immediately, and ready exactly while the operator is ready", async () => {
    let isReady = false;
    const health = await serveHealth(0, () => isReady);
    const status = async (path: string) => (await fetch(`http://127.0.0.1:${health.port}${path}`)).status;
    try {
      expect([await status("/healthz"), await status("/readyz"), await status("/")]).toEqual([200, 503, 404]);
      isReady = true;
      expect(await status("/readyz")).toBe(200);
    } finally {
      await health.close();
    }
  });
});
