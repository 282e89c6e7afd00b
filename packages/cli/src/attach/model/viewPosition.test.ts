import { expect, it } from "vitest";
import { ViewPosition } from "./viewPosition.ts";

const output = (offset: number, text: string) =>
  ({ type: "output", offset, bytes: new Uint8Array(Buffer.from(text)) }) as const;
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

it("ViewPosition shows each byte once, across connections and snapshots", () => {
  const position = new ViewPosition();
  expect(position.next).toBeUndefined();
  expect(text(position.take({ ...output(10, "screen"), type: "snapshot" }))).toBe("screen");
  expect(position.next).toBe(10);
  expect(text(position.take(output(10, "abc")))).toBe("abc");
  expect(text(position.take(output(11, "bcde")))).toBe("de");
  expect(text(position.take(output(11, "bc")))).toBe("");
  expect(position.next).toBe(15);
});

it("ViewPosition refuses a gap and asks for a snapshot", () => {
  const position = new ViewPosition();
  position.take(output(0, "abc"));
  expect(() => position.take(output(5, "x"))).toThrow("2 bytes too late");
  expect(position.next).toBeUndefined();
});
