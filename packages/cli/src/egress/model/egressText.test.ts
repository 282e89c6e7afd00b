import type { EgressReport } from "@clauderon/protocol";
import { expect, it } from "vitest";
import { egressText, refusedText } from "./egressText.ts";

const REPORT: EgressReport = {
  mode: "Enforce",
  accessMode: "ReadWrite",
  allowed: [
    { host: "api.anthropic.com", origin: "agent" },
    { host: "nodejs.org", origin: "npm", methods: ["GET", "HEAD"] },
  ],
  credentials: ["ANTHROPIC_API_KEY"],
  noted: [
    {
      time: "2026-12-01T03:00:00.000Z",
      host: "evil\u001b[2J.example",
      method: "CONNECT",
      port: 443,
      reason: "HostNotListed",
      count: 2,
    },
    {
      time: "2026-12-01T03:00:00.000Z",
      host: "nodejs.org",
      method: "PUT",
      port: 8443,
      path: "/x",
      reason: "PortNotListed",
      count: 1,
    },
  ],
};

it("egressText shows what is allowed and by what, what was refused, and how to allow it, without control characters", () => {
  const text = egressText("web", REPORT, () => "2m");
  expect(text).toMatch(/^Mode: +Enforce$/m);
  expect(text).toContain("api.anthropic.com  (agent)");
  expect(text).toContain("nodejs.org  GET, HEAD  (npm)");
  expect(text).toContain("ANTHROPIC_API_KEY (held by the proxy)");
  expect(text).toContain("2m ago  HostNotListed  CONNECT evil[2J.example  (2 times)");
  expect(text).toContain("2m ago  PortNotListed  PUT nodejs.org:8443/x");
  expect(text).toContain("Run `clauderon egress allow web evil[2J.example`");
  expect(text).not.toContain("\u001b");
});

it("refusedText counts what was refused and shows the last one, and not what was recorded", () => {
  const [first, second] = REPORT.noted;
  const recorded = { ...first, reason: "Recorded" } as EgressReport["noted"][number];
  expect(refusedText("web", REPORT, () => "2m")).toBe(
    "3 requests lately; the last one: 2m ago  HostNotListed  CONNECT evil[2J.example\nRun `clauderon egress web` to see them",
  );
  const noted = [recorded, ...(second === undefined ? [] : [second])];
  expect(refusedText("web", { ...REPORT, noted }, () => "2m")).toContain(
    "1 request lately; the last one: 2m ago  PortNot",
  );
  expect(refusedText("web", { ...REPORT, noted: [recorded] }, () => "2m")).toBeUndefined();
});

it("egressText says that a session without a grant reaches nothing", () => {
  expect(egressText("web", { ...REPORT, allowed: [], noted: [] }, () => "")).toContain(
    "nothing: the session is not running",
  );
});

it("egressText shows why nothing is noted", () => {
  const notedProblem = "The proxy's log cannot be read: pods/log is forbidden";
  expect(egressText("web", { ...REPORT, noted: [], notedProblem }, () => "2m")).toContain(notedProblem);
});
