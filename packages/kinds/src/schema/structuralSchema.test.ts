import { describe, expect, it } from "vitest";
import { z } from "zod";
import { quantity } from "./quantity.ts";
import { type StructuralSchema, structuralSchema } from "./structuralSchema.ts";

describe("structuralSchema", () => {
  it("has zod's types, defaults, bounds, required members and descriptions", () => {
    const schema = z.object({
      name: z
        .string()
        .min(1)
        .max(5)
        .regex(/^a\/b$/)
        .describe("A name."),
      mode: z.enum(["A", "B"]).default("A"),
      seconds: z.int().min(1).max(10).exactOptional(),
      big: z.int().exactOptional(),
      tags: z.array(z.string()).max(2).exactOptional(),
      labels: z.record(z.string(), z.boolean()).exactOptional(),
    });
    expect(structuralSchema(schema)).toEqual({
      type: "object",
      required: ["name"],
      properties: {
        name: { type: "string", minLength: 1, maxLength: 5, pattern: "^a/b$", description: "A name." },
        mode: { type: "string", enum: ["A", "B"], default: "A" },
        seconds: { type: "integer", minimum: 1, maximum: 10, format: "int32" },
        big: { type: "integer", format: "int64" },
        tags: { type: "array", maxItems: 2, items: { type: "string" } },
        labels: { type: "object", additionalProperties: { type: "boolean" } },
      },
    } satisfies StructuralSchema);
  });

  it("writes an int-or-string without a union, which structural schemas forbid", () => {
    const { type, pattern, ...rest } = structuralSchema(quantity);
    expect([type, rest]).toEqual([undefined, { "x-kubernetes-int-or-string": true }]);
    expect(pattern).toContain("[KMGTPE]i");
  });

  it.each([
    ["a union", z.object({ a: z.union([z.string(), z.boolean()]) }), ".a: anyOf has no place in a structural schema"],
    ["a value of any type", z.object({ a: z.object({ b: z.any() }) }), ".a.b: has no type"],
    [
      "a look-ahead",
      z.object({ a: z.array(z.string().regex(/^(?!x)/)) }),
      ".a[]: RE2 does not know the pattern ^(?!x)",
    ],
    ["a back reference", z.string().regex(/(a)\1/), ": RE2 does not know the pattern (a)\\1"],
    ["a base64 text", z.object({ a: z.base64() }), ".a: contentEncoding has no place in a structural schema"],
  ])("refuses %s and names the field", (_what, schema, problem) => {
    expect(() => structuralSchema(schema)).toThrow(`Not a structural schema:\n${problem}`);
  });
});
