import { describe, expect, it } from "vitest";
import { typedPrompt } from "./typedPrompt.ts";

describe("typedPrompt", () => {
  it("leaves quotes, dashes, newlines, tabs and any script as they are", () => {
    const prompt = `--help 'a' "b" $(c) \`d\`\n\té 漢 🦀`;
    expect(typedPrompt(prompt)).toBe(`\u001b[200~${prompt}\u001b[201~`);
  });

  it("does not let a prompt end its paste or press a key", () => {
    expect(typedPrompt("a\u001b[201~\rrm\u0003\u009b201~\r\nb")).toBe("\u001b[200~a[201~\nrm201~\nb\u001b[201~");
  });
});
