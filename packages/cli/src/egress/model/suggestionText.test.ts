import type { EgressSuggestion } from "@clauderon/protocol";
import { describe, expect, it } from "vitest";
import { suggestionText } from "./suggestionText.ts";

const lastTime = "2026-12-01T03:00:00.000Z";
const SUGGESTION: EgressSuggestion = {
  mode: "Record",
  requests: 20,
  since: "2026-12-01T02:00:00.000Z",
  allow: [
    { host: "docs.example.com", requests: 3 },
    { host: "*.old.example", requests: 0 },
  ],
  presets: [
    { name: "npm", requests: 4 },
    { name: "pypi", requests: 0 },
  ],
  unlisted: [
    { host: "cdn.example.net", port: 443, how: "Recorded", requests: 12, lastTime },
    { host: "attacker.example", port: 443, how: "Refused", requests: 1, lastTime },
    { host: "db.example", port: 8443, how: "Recorded", requests: 2, lastTime },
    { host: 'x"]\n\u001b[2J', port: 443, how: "Recorded", requests: 1, lastTime },
  ],
};

describe("suggestionText", () => {
  it("shows what to add and to remove, why, and what it leaves out", () => {
    expect(suggestionText("web", SUGGESTION, { format: "diff", refused: false })).toBe(`\
# Session web, mode Record: 20 requests since 2026-12-01T02:00:00.000Z

 [proxy]
 allow = [
-  "*.old.example",     # no request
+  "cdn.example.net",   # 12 requests, recorded
   "docs.example.com",  # 3 requests
+  "x????2J",           # 1 request, recorded
 ]

# Not in the list:
#   attacker.example:443  1 request, refused; --refused adds it
#   db.example:8443  2 requests, recorded, not on port 443, so a list of hosts cannot allow it

# Presets that no request used: pypi`);
  });

  it("gives the list as config.toml and as a part of an AgentJob has it", () => {
    expect(suggestionText("web", SUGGESTION, { format: "toml", refused: true })).toBe(`\
[proxy]
allow = [
  "attacker.example",
  "cdn.example.net",
  "docs.example.com",
  "x????2J",
]`);
    expect(suggestionText("web", { ...SUGGESTION, unlisted: [] }, { format: "yaml", refused: false })).toBe(`\
spec:
  egress:
    mode: Enforce
    allow:
      - "docs.example.com"
    presets:
      - "npm"`);
  });
});
