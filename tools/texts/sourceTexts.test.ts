import { describe, expect, it } from "vitest";
import { sourceTexts } from "./sourceTexts.ts";

const textsOf = (source: string) => sourceTexts("a.ts", source).map(({ place, text }) => `${place}: ${text}`);

describe("sourceTexts", () => {
  it("lists messages and hints with what is filled in as names", () => {
    const source = `throw new Fault("USAGE", \`No session \${session.name} on \${nodeOf(pod)}\`, { hint: "Run clauderon list" });`;
    expect(textsOf(source)).toEqual(["Fault USAGE: No session <name> on <nodeOf>", "hint: Run clauderon list"]);
  });

  it("joins what + joins", () => {
    expect(textsOf('const notice = "The work " + (kept ? "was kept" : "is gone") + " on this machine";')).toEqual([
      "notice: The work <…> on this machine",
      "notice: was kept",
      "notice: is gone",
    ]);
  });

  it("lists no import, type, word or SQL", () => {
    const source = `import a from "a b c"; type B = "two words"; const c = "word"; db.exec("SELECT name FROM sessions");`;
    expect(textsOf(source.replace("a b c", "./a.ts"))).toEqual([]);
  });
});
