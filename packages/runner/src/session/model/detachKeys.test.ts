import { expect, it } from "vitest";
import { DetachKeys } from "./detachKeys.ts";

const [P, Q, A] = [0x10, 0x11, 0x61];

it.each([
  ["passes what is typed", [[A], [Q, A]], [A, Q, A], false],
  ["leaves by the two keys at once, and drops the rest", [[A, P, Q, A]], [A], true],
  ["leaves by one key after the other", [[P], [Q]], [], true],
  ["passes a ctrl-p with the next key", [[P], [A]], [P, A], false],
  ["holds the second ctrl-p, too", [[P, P], [Q]], [P], true],
])("DetachKeys %s", (_what, chunks, bytes, detach) => {
  const keys = new DetachKeys();
  const typed = chunks.map((chunk) => keys.push(Uint8Array.from(chunk)));
  expect(typed.flatMap((part) => [...part.bytes])).toEqual(bytes);
  expect(typed.at(-1)?.detach).toBe(detach);
});
