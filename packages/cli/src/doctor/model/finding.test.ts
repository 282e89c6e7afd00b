import { expect, it } from "vitest";
import { findingsText, isAtLeast } from "./finding.ts";

it("findingsText says how to fix each problem", () => {
  expect(
    findingsText([
      { name: "git", state: "ok", message: "2.47.1" },
      { name: "bubblewrap", state: "optional", message: "not installed", fix: "apt install bubblewrap" },
    ]),
  ).toBe(
    ["ok    git         2.47.1", "--    bubblewrap  not installed", `${" ".repeat(18)}→ apt install bubblewrap`].join(
      "\n",
    ),
  );
});

it.each([
  ["2.38.0", "2.38", true],
  ["2.38", "2.38.0", true],
  ["2.9.9", "2.38", false],
  ["3.0", "2.38", true],
])("isAtLeast: %s is at least %s: %j", (version, least, expected) => {
  expect(isAtLeast(version, least)).toBe(expected);
});
