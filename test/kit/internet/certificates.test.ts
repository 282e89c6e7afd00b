import { X509Certificate } from "node:crypto";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createAuthority, keptAuthority } from "./certificates.ts";

describe("keptAuthority", () => {
  it("is the same on every call, and clients that trust it trust its certificates", async () => {
    const folder = await mkdtemp(join(tmpdir(), "authority-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const [first, second] = [await keptAuthority(folder), await keptAuthority(folder)];
    expect(second.cert).toBe(first.cert);
    const leaf = new X509Certificate((await second.issue(["api.anthropic.com"])).cert);
    expect(leaf.verify(new X509Certificate(first.cert).publicKey)).toBe(true);
    expect((await stat(join(folder, "ca.key"))).mode & 0o777).toBe(0o600);
  });

  it("is a new one when the kept one is about to expire", async () => {
    const folder = await mkdtemp(join(tmpdir(), "authority-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const kept = await keptAuthority(folder);
    const clock = Date.now() + 29.5 * 86_400_000;
    const now = Date.now;
    Date.now = () => clock;
    onTestFinished(() => {
      Date.now = now;
    });
    expect((await keptAuthority(folder)).cert).not.toBe(kept.cert);
  });
});

describe("createAuthority", () => {
  it("is never the same twice", async () => {
    expect((await createAuthority()).cert).not.toBe((await createAuthority()).cert);
  });
});
