import { Secret } from "@clauderon/base";
import { expect, it } from "vitest";
import { redactor } from "./redact.ts";

it("redactor replaces every secret everywhere, as it is and inside JSON", () => {
  const redact = redactor([
    new Secret("tok-123456"),
    new Secret('with"quote\\and\nline'),
    new Secret("  padded-secret\n"),
  ]);
  expect(redact("a tok-123456 b tok-123456")).toBe("a [secret] b [secret]");
  expect(redact(JSON.stringify({ x: 'with"quote\\and\nline' }))).toBe('{"x":"[secret]"}');
  expect(redact("padded-secret")).toBe("[secret]");
});

it("redactor replaces the longer of two secrets when one is a prefix of the other", () => {
  expect(redactor([new Secret("secret-1"), new Secret("secret-1-long")])("secret-1-long")).toBe("[secret]");
});

it("redactor leaves text alone for empty and very short secrets", () => {
  expect(redactor([new Secret(""), new Secret("abc")])("abc")).toBe("abc");
});
