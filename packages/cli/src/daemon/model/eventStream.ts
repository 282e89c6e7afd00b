import { createParser } from "eventsource-parser";

/** The data of each server-sent event in a text that arrives in pieces. */
export async function* eventData(pieces: AsyncIterable<string>): AsyncGenerator<string, void> {
  const complete: string[] = [];
  const parser = createParser({ onEvent: ({ data }) => complete.push(data) });
  for await (const piece of pieces) {
    parser.feed(piece);
    yield* complete.splice(0);
  }
}
