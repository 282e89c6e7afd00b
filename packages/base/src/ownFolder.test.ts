import { expect, it } from "vitest";
import { refuseForeignFolder } from "./ownFolder.ts";

const folder = (uid: number, mode: number, isDirectory = true) => ({ uid, mode, isDirectory: () => isDirectory });

it.each([undefined, folder(1000, 0o40700)])("refuseForeignFolder passes %j", (stat) => {
  expect(() => refuseForeignFolder("/tmp/x", stat, 1000)).not.toThrow();
});

it.each([
  ["another user's", folder(0, 0o40700)],
  ["one that others can read", folder(1000, 0o40750)],
  ["one that others can write in", folder(1000, 0o40702)],
  ["a link", folder(1000, 0o120700, false)],
])("refuseForeignFolder refuses %s", (_what, stat) => {
  expect(() => refuseForeignFolder("/tmp/x", stat, 1000)).toThrow(/^\/tmp\/x is not private to this user/);
});
