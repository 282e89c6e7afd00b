import { expect, it } from "vitest";
import { EventStream } from "./eventStream.ts";

const TEXT = 'data: {"a":1}\n\n: a comment\n\nevent: x\ndata: one\ndata: two\n\ndata:three\r\n\r\ndata: not yet';

it.each([1, 2, 3, 5, 1_000])("EventStream finds the data of events in pieces of %d", (size) => {
  const stream = new EventStream();
  const pieces = Array.from({ length: Math.ceil(TEXT.length / size) }, (_, index) =>
    TEXT.slice(index * size, (index + 1) * size),
  );
  expect(pieces.flatMap((piece) => stream.push(piece))).toEqual(['{"a":1}', "one\ntwo", "three"]);
});
