import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Fault } from "@clauderon/base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readManifests } from "./readManifests.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "manifests-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const thrownBy = (work: () => unknown): unknown => {
  try {
    work();
  } catch (thrown) {
    return thrown;
  }
  return undefined;
};

describe("readManifests", () => {
  it("reads only the YAML and JSON files of a folder, in order", () => {
    writeFileSync(join(folder, "b.yaml"), "kind: B");
    writeFileSync(join(folder, "a.json"), '{"kind":"A"}');
    writeFileSync(join(folder, "notes.txt"), "kind: [");
    expect(readManifests([folder]).map(({ object }) => object)).toEqual([{ kind: "A" }, { kind: "B" }]);
  });

  it("refuses a missing file and a folder without manifests, and names them", () => {
    mkdirSync(join(folder, "empty"));
    for (const path of [join(folder, "gone.yaml"), join(folder, "empty")]) {
      const fault = thrownBy(() => readManifests([path])) as Fault;
      expect(fault.code).toBe("FILE_UNREADABLE");
      expect(fault.message).toContain(path);
    }
  });
});
