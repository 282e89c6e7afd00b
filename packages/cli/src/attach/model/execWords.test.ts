import { expect, it } from "vitest";
import { readExecWords } from "./execWords.ts";

it.each([
  [["--", "cmd", "-T"], undefined, ["cmd", "-T"]],
  [["cmd", "-T", "--", "x"], undefined, ["cmd", "-T", "--", "x"]],
  [["-T", "--", "cmd"], false, ["cmd"]],
  [["-it", "--", "bash"], true, ["bash"]],
  [["-i", "-t", "bash", "-l"], true, ["bash", "-l"]],
  [["--stdin", "--no-tty", "--", "--", "x"], false, ["--", "x"]],
  [["--", "-T"], undefined, ["-T"]],
  [["constructor", "x"], undefined, ["constructor", "x"]],
])("readExecWords reads %j", (words, tty, argv) => {
  expect(readExecWords("web", words, undefined)).toEqual({ tty, argv });
});

it("readExecWords keeps what an option before the name says", () => {
  expect(readExecWords("web", ["-i", "--", "cmd"], false)).toEqual({ tty: false, argv: ["cmd"] });
  expect(readExecWords("web", ["-t", "--", "cmd"], false)).toEqual({ tty: true, argv: ["cmd"] });
});

it.each([
  [[], "No command given"],
  [["-T", "--"], "No command given"],
  [["-x", "--", "cmd"], "Unknown option '-x'"],
])("readExecWords refuses %j", (words, message) => {
  expect(() => readExecWords("web", words, undefined)).toThrow(message);
});
