import type { Pulled } from "@clauderon/protocol";
import { describe, expect, it } from "vitest";
import { pulledText } from "./workText.ts";

const pulled: Pulled = {
  ref: "refs/clauderon/sessions/otter/work",
  commit: "a".repeat(40),
  branch: "clauderon/otter",
  head: "b".repeat(40),
  changed: true,
  commits: 1,
  tree: "c".repeat(40),
  uncommitted: 2,
  notices: [],
};

describe("pulledText", () => {
  it("lists commits and files, or says that nothing is new", () => {
    expect(pulledText("otter", pulled)).toMatch(/^otter: 1 commit on clauderon\/otter, 2 uncommitted files\n/);
    expect(pulledText("otter", { ...pulled, changed: false, commits: 0, uncommitted: 0 })).toMatch(
      /^otter: nothing new; no commits on clauderon\/otter, no uncommitted changes\n/,
    );
  });
});
