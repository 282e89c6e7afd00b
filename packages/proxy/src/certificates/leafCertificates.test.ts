import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Authority, loadAuthority } from "./authority.ts";
import { LeafCertificates } from "./leafCertificates.ts";

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 1);

function file(): string {
  const folder = mkdtempSync(join(tmpdir(), "authority-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "authority.pem");
}

/** An authority that counts what it issues. */
async function counting(): Promise<{ authority: Authority; issued: string[] }> {
  const authority = await loadAuthority(file(), NOW);
  const issued: string[] = [];
  const issue: Authority["issue"] = (host, now) => {
    issued.push(host);
    return authority.issue(host, now);
  };
  return { authority: { certificate: authority.certificate, issue }, issued };
}

describe("loadAuthority", () => {
  it("makes an authority once, whose certificates are for one host and verify", async () => {
    const path = file();
    const [first, second] = [await loadAuthority(path, NOW), await loadAuthority(path, NOW)];
    expect(second.certificate).toBe(first.certificate);
    const host = `${"long-".repeat(12)}name.example.com`;
    const leaf = new X509Certificate((await second.issue(host, NOW)).cert);
    expect(leaf.verify(new X509Certificate(first.certificate).publicKey)).toBe(true);
    expect([leaf.checkHost(host), leaf.checkHost("example.com"), leaf.ca]).toEqual([host, undefined, false]);
  });

  it("refuses a damaged and an expired one instead of making another", async () => {
    const path = file();
    await loadAuthority(path, NOW);
    await expect(loadAuthority(path, NOW + 4_000 * DAY_MS)).rejects.toThrow("has expired");
    writeFileSync(path, "damaged");
    await expect(loadAuthority(path, NOW)).rejects.toThrow("is damaged");
  });
});

describe("LeafCertificates", () => {
  it("shares work in flight and keeps the least recently used out", async () => {
    const { authority, issued } = await counting();
    const leaves = new LeafCertificates({ authority, capacity: 2, now: () => NOW });
    const [first, second] = await Promise.all([leaves.contextFor("a"), leaves.contextFor("a")]);
    expect(first).toBe(second);
    for (const host of ["b", "a", "c", "a", "b"]) await leaves.contextFor(host);
    expect(issued).toEqual(["a", "b", "c", "b"]);
    expect(leaves.size).toBe(2);
  });

  it("issues again long before a certificate expires, and after a failure", async () => {
    const { authority, issued } = await counting();
    let now = NOW;
    let isBroken = false;
    const issue: Authority["issue"] = (host, at) =>
      isBroken ? Promise.reject(new Error("no")) : authority.issue(host, at);
    const leaves = new LeafCertificates({ authority: { ...authority, issue }, capacity: 2, now: () => now });
    await leaves.contextFor("a");
    now += 3 * DAY_MS;
    isBroken = true;
    await expect(leaves.contextFor("a")).rejects.toThrow("no");
    isBroken = false;
    await leaves.contextFor("a");
    expect(issued).toEqual(["a", "a"]);
  });
});
