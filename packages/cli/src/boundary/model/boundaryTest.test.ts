import { describe, expect, it } from "vitest";
import { readOutcomes } from "./attempt.ts";
import { parsePlace } from "./places.ts";
import { proxyAttempts } from "./proxyAttempts.ts";
import { resultsOf, resultText } from "./resultText.ts";

const FACTS = { listed: "api.anthropic.com", other: "github.com", placeholder: "sk-placeholder" };
const ENFORCE = { mode: "Enforce" } as const;

describe("proxyAttempts", () => {
  it("leaves out what the session has no facts for, and hosts that mode Record lets pass", () => {
    const all = proxyAttempts(ENFORCE, FACTS).map(({ what }) => what);
    expect(new Set(all).size).toBe(all.length);
    const plain = proxyAttempts(ENFORCE, { ...FACTS, placeholder: undefined, other: undefined });
    expect(JSON.stringify(plain)).not.toMatch(/placeholder|undefined/);
    expect(proxyAttempts({ mode: "Record" }, FACTS).map(({ reason }) => reason)).not.toContain("HostNotListed");
  });
});

describe("parsePlace", () => {
  it.each([
    ["10.0.3.7:5432", { what: "10.0.3.7:5432", protocol: "TCP", address: "10.0.3.7", port: 5432 }],
    ["[fd00::7]:443", { what: "[fd00::7]:443", protocol: "TCP", address: "fd00::7", port: 443 }],
    ["db.example:5432", undefined],
    ["10.0.3.7", undefined],
    ["", undefined],
  ])("reads %j", (text, place) => {
    expect(parsePlace(text)).toEqual(place);
  });
});

describe("readOutcomes", () => {
  it.each(["", "[]", '{"items":[{"what":"a"}]}', '{"items":[null]}', '{"items":{}}'])("refuses %j", (printed) => {
    expect(readOutcomes(printed)).toBeUndefined();
  });
});

describe("resultText", () => {
  it("tells what got through from what was refused, and for another reason than expected", () => {
    const [first, second, third] = proxyAttempts(ENFORCE, FACTS);
    const outcomes = [
      { what: first?.what ?? "", isThrough: false, said: "HostNotListed" },
      { what: second?.what ?? "", isThrough: false, said: "the connection was cut" },
      { what: third?.what ?? "", isThrough: true, said: "it passed\u001b[2J" },
      { what: "the internet", isThrough: false, said: "no answer" },
    ];
    const text = resultText(resultsOf(outcomes, proxyAttempts(ENFORCE, FACTS)));
    expect(text).toMatch(/^a host that is not listed +held +HostNotListed$/m);
    expect(text).toMatch(/^DNS over HTTPS +held +the connection was cut \(another reason was expected\)$/m);
    expect(text).toMatch(/^an address +GOT THROUGH +it passed\[2J$/m);
    expect(text).toMatch(/^the internet +held +no answer\n\n4 attempts: 1 got through$/m);
  });
});
