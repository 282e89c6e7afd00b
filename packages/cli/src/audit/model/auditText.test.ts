import type { AuditRecord } from "@clauderon/protocol/proxy";
import { expect, it } from "vitest";
import { auditText } from "./auditText.ts";

const RECORD: AuditRecord = {
  time: "2026-12-01T03:00:00.000Z",
  principal: "p",
  session: "web",
  method: "GET",
  host: "api.github.com",
  port: 443,
  path: "/zen",
  status: 200,
};
const USAGE = {
  model: "claude-haiku-4-5",
  inputTokens: 1,
  cacheReadTokens: 2,
  cacheWrite5mTokens: 3,
  cacheWrite1hTokens: 4,
  outputTokens: 50,
};

it.each<[Partial<AuditRecord>, string]>([
  [
    { rule: "github:api.github.com", credential: "GH_TOKEN" },
    "web  200  GET api.github.com/zen  by github:api.github.com  with GH_TOKEN",
  ],
  [{ status: 403, reason: "PathNotListed" }, "web  403 PathNotListed  GET api.github.com/zen"],
  [{ method: "CONNECT", path: undefined }, "web  200  CONNECT api.github.com:443"],
  [{ port: 8443 }, "web  200  GET api.github.com:8443/zen"],
  [
    {
      session: undefined,
      principal: undefined,
      host: undefined,
      port: undefined,
      path: undefined,
      method: "",
      status: 0,
      reason: "NotTls",
    },
    "-  - NotTls  ",
  ],
  [{ usage: USAGE }, "web  200  GET api.github.com/zen  claude-haiku-4-5: 10 tokens in, 50 out"],
  [
    { usage: { ...USAGE, costUsd: 0.00025 } },
    "web  200  GET api.github.com/zen  claude-haiku-4-5: 10 tokens in, 50 out, $0.0003",
  ],
  [{ host: "a\u001b[2J\nb", port: 443 }, "web  200  GET a[2J b/zen"],
])("auditText of %j", (changes, text) => {
  const record = Object.fromEntries(Object.entries({ ...RECORD, ...changes })) as AuditRecord;
  expect(auditText(record)).toBe(`2026-12-01T03:00:00.000Z  ${text}`);
});
