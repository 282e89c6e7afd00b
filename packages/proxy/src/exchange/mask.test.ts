import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { Mask, maskText } from "./mask.ts";

const SECRET = "abcabd-secret";
const STARS = "*".repeat(SECRET.length);

const masked = async (chunks: readonly string[], secrets = [SECRET]): Promise<string> =>
  String(await buffer(Readable.from(chunks.map((chunk) => Buffer.from(chunk))).pipe(new Mask(secrets))));

describe("Mask", () => {
  it("covers a secret wherever the body is cut", async () => {
    const body = `x${SECRET}yabc${SECRET}${SECRET}`;
    for (let at = 0; at <= body.length; at++) {
      expect(await masked([body.slice(0, at), body.slice(at)])).toBe(`x${STARS}yabc${STARS}${STARS}`);
    }
    expect(await masked(body.split(""))).toBe(`x${STARS}yabc${STARS}${STARS}`);
  });

  it("covers several secrets, and leaves their beginnings alone", async () => {
    expect(await masked(["one two", " on", "e tw"], ["one", "two"])).toBe("*** *** *** tw");
    expect(await masked([SECRET.slice(0, -1)])).toBe(SECRET.slice(0, -1));
  });

  it("passes on at once what cannot begin a secret", () => {
    const mask = new Mask([SECRET]);
    mask.write(Buffer.from("data: hello\n\nab"));
    expect(String(mask.read())).toBe("data: hello\n\n");
  });
});

it("maskText covers every place", () => {
  expect(maskText(`${SECRET} and ${SECRET}`, [SECRET])).toBe(`${STARS} and ${STARS}`);
});
