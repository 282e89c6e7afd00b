import { expect, it } from "vitest";
import { configText } from "./configText.ts";

it("configText writes each setting in its section, and quotes what git would read otherwise", () => {
  const text = configText([
    { key: "core.eol", value: "lf" },
    { key: 'filter.a."b\\.clean', value: ' x "y" \\z # ; \n\t' },
  ]);
  expect(text).toBe('[core]\n\teol = "lf"\n[filter "a.\\"b\\\\"]\n\tclean = " x \\"y\\" \\\\z # ; \\n\t"\n');
});
