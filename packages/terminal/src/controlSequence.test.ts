import { expect, it } from "vitest";
import { parseControlSequence } from "./controlSequence.ts";

it.each([
  ["[m", { marker: "", parameters: [0], action: "m" }],
  ["[?02031h", { marker: "?", parameters: [2031], action: "h" }],
  ["[1;;003J", { marker: "", parameters: [1, 0, 3], action: "J" }],
  ["[4:3;58:2::1:2:3m", { marker: "", parameters: [4, 58], action: "m" }],
  ["[2;1$u", { marker: "", parameters: [2, 1], action: "$u" }],
  ["[>0q", { marker: ">", parameters: [0], action: "q" }],
])("parseControlSequence reads %j as terminals do", (text, parsed) => {
  expect(parseControlSequence(`\u001b${text}`)).toEqual(parsed);
});

it.each(["[3?J", "[?1>h", "[1 2q", "[", "[1;2", "(B"])("parseControlSequence refuses %j", (text) => {
  expect(parseControlSequence(`\u001b${text}`)).toBeUndefined();
});
