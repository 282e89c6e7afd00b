import { expect, it } from "vitest";
import { daemonArguments } from "./daemonArguments.ts";

it.each([
  [undefined, []],
  [true, ["--enable-kubernetes-backend=true"]],
  ["true", ["--enable-kubernetes-backend=true"]],
  ["1", ["--enable-kubernetes-backend=true"]],
  ["off", ["--enable-kubernetes-backend=false"]],
])("daemonArguments makes of %j %j", (enable, args) => {
  expect(daemonArguments(enable, {})).toEqual(args);
});

it("daemonArguments refuses a word that is neither", () => {
  expect(() => daemonArguments("maybe", {})).toThrow("--enable-kubernetes-backend must be one of 1, true, yes, on or");
});
