import { expect, it } from "vitest";
import { formatFields, formatTable } from "./table.ts";

it("formatTable aligns columns and leaves no trailing spaces", () => {
  expect(
    formatTable(
      ["NAME", "AGE"],
      [
        ["web", "3s"],
        ["a-longer-name", "2d"],
      ],
    ),
  ).toBe(["NAME           AGE", "web            3s", "a-longer-name  2d"].join("\n"));
});

it.each(["日本", "🚀🚀", "👩‍💻👩‍💻", "한국", "ＡＢ", "e\u0301e\u0301ab"])(
  "formatTable gives %s four columns",
  (branch) => {
    expect(
      formatTable(
        ["BRANCH", "AGE"],
        [
          [branch, "3s"],
          ["main", "2d"],
        ],
      ).split("\n"),
    ).toEqual(["BRANCH  AGE", `${branch}    3s`, "main    2d"]);
  },
);

it("formatFields leaves out unknown fields and indents continuation lines", () => {
  expect(
    formatFields([
      ["Name", "web"],
      ["Pod", undefined],
      ["Message", "one\ntwo"],
    ]),
  ).toBe(["Name:     web", "Message:  one", "          two"].join("\n"));
});
