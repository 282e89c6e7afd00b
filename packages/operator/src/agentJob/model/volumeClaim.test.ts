import { describe, expect, it } from "vitest";
import { exampleJob, ownedMeta } from "./snapshot.fixture.ts";
import type { LiveVolumeClaim } from "./objects.ts";
import { volumeClaim } from "./volumeClaim.ts";

const job = (size: string, storageClassName?: string) =>
  exampleJob({ persist: true, persistence: { size, ...(storageClassName === undefined ? {} : { storageClassName }) } });

function live(storage: string): LiveVolumeClaim {
  const metadata = ownedMeta(job("1Gi"), "summarize-data");
  const spec = { accessModes: ["ReadWriteOnce"], storageClassName: "standard", resources: { requests: { storage } } };
  return { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata, spec };
}

const storageOf = (claim: LiveVolumeClaim) => claim.spec?.resources?.requests?.["storage"];

describe("volumeClaim", () => {
  it("requests the size that persistence sets, or 1Gi", () => {
    expect(volumeClaim(exampleJob({ persist: true }), undefined).spec).toEqual({
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "1Gi" } },
    });
    expect(volumeClaim(job("5Gi", "fast"), undefined).spec).toMatchObject({ storageClassName: "fast" });
  });

  it.each([
    ["1Gi", "2Gi", "2Gi"],
    ["1Gi", "1500M", "1500M"],
    ["2Gi", "1Gi", "2Gi"],
    ["1Gi", "1024Mi", "1Gi"],
  ])("turns a live %s and a desired %s into %s: it grows and never shrinks", (has, wanted, size) => {
    expect(storageOf(volumeClaim(job(wanted), live(has)))).toBe(size);
  });

  it("keeps the storage class of a live claim, which cannot change", () => {
    expect(volumeClaim(job("1Gi", "other"), live("1Gi")).spec?.storageClassName).toBe("standard");
  });
});
