import { describe, expect, it } from "vitest";
import { parseManifests } from "./parseManifests.ts";

describe("parseManifests", () => {
  it("returns every document with its first line and leaves out empty ones", () => {
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
    expect(() => parseManifests("a: 1\nb: [\n", "x.yaml")).toThrow(
      expect.objectContaining({ code: "SPEC_INVALID", message: expect.stringMatching(/^x\.yaml:\d+ is not YAML: \S/) }),
    );
  });

  it("reads what kubectl reads: booleans of YAML 1.1, merge keys", () => {
    expect(parseManifests("a: yes\nb: off\nc: 'no'", "x")[0]?.object).toEqual({ a: true, b: false, c: "no" });
    expect(parseManifests("one: &one {a: 1}\ntwo:\n  <<: *one\n  b: 2", "x")[0]?.object).toMatchObject({
      two: { a: 1, b: 2 },
    });
  });

  it("replaces a List with its items", () => {
    const text = "apiVersion: v1\nkind: List\nitems:\n- kind: A\n- kind: B\n";
    expect(parseManifests(text, "x").map(({ object }) => object)).toEqual([{ kind: "A" }, { kind: "B" }]);
  });
});
