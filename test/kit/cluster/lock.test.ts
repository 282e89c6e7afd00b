import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { takeLock, withLock } from "./lock.ts";

describe("takeLock", () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "kit-lock-"))));
  afterEach(async () => await rm(folder, { recursive: true }));

  it("lets many share, and refuses an exclusive lock beside them", async () => {
    const file = join(folder, "lock");
    const [first, second] = [await takeLock(file, "shared"), await takeLock(file, "shared")];
    await first?.release();
    expect(await takeLock(file, "exclusive", 0)).toBeUndefined();
    second?.releaseNow();
    const alone = await takeLock(file, "exclusive", 5);
    expect(alone).toBeDefined();
    expect(await takeLock(file, "shared", 0)).toBeUndefined();
    await alone?.release();
  });

  it("is released when the work throws", async () => {
    const file = join(folder, "lock");
    await expect(withLock(file, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await withLock(file, () => Promise.resolve("again"))).toBe("again");
  });
});
