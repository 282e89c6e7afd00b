import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fault } from "@clauderon/base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseManifests, readManifests } from "./manifestFiles.ts";

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

describe("parseManifests", () => {
  it("gives every document with the line it begins at, and leaves empty ones out", () => {
    const text = "# a comment\nkind: A\n---\n---\nkind: B\n";
    expect(parseManifests(text, "x.yaml")).toEqual([
      { source: "x.yaml:2", object: { kind: "A" } },
      { source: "x.yaml:5", object: { kind: "B" } },
    ]);
  });

  it("keeps YAML 1.2 scalars as Kubernetes reads them: a quoted number stays text", () => {
    expect(parseManifests('a: "1"\nb: 1\nc: 0 */6 * * *', "x")[0]?.object).toEqual({ a: "1", b: 1, c: "0 */6 * * *" });
  });

  it("names the line of a syntax error", () => {
    const fault = thrownBy(() => parseManifests("a: 1\nb: [\n", "x.yaml"));
    expect(fault).toBeInstanceOf(Fault);
    expect((fault as Fault).message).toMatch(/^x\.yaml:\d+ is not YAML: /);
  });
});

describe("readManifests", () => {
  it("reads the YAML and JSON files of a folder in order, and nothing else", () => {
    writeFileSync(join(folder, "b.yaml"), "kind: B");
    writeFileSync(join(folder, "a.json"), '{"kind":"A"}');
    writeFileSync(join(folder, "notes.txt"), "kind: [");
    expect(readManifests([folder]).map(({ object }) => object)).toEqual([{ kind: "A" }, { kind: "B" }]);
  });

  it("refuses a file that is not there, and a folder without manifests, by name", () => {
    mkdirSync(join(folder, "empty"));
    for (const path of [join(folder, "gone.yaml"), join(folder, "empty")]) {
      const fault = thrownBy(() => readManifests([path])) as Fault;
      expect(fault.code).toBe("FILE_UNREADABLE");
      expect(fault.message).toContain(path);
    }
  });
});
