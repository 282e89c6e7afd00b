import { Readable } from "node:stream";
import { expect, it } from "vitest";
import { eventData } from "./eventStream.ts";

const TEXT = 'data: {"a":1}\n\n: a comment\n\nevent: x\ndata: one\ndata: two\n\ndata:three\r\n\r\ndata: not yet';

it.each([1, 2, 3, 5, 1_000])("eventData finds the data of events in pieces of %d", async (size) => {
  const pieces = Array.from({ length: Math.ceil(TEXT.length / size) }, (_, index) =>
    TEXT.slice(index * size, (index + 1) * size),
  );
  expect(await Readable.from(eventData(Readable.from(pieces))).toArray()).toEqual(['{"a":1}', "one\ntwo", "three"]);
});
