import type { RunnerStatus } from "@clauderon/protocol";
import { describe, expect, it } from "vitest";
import { eventStatus } from "./eventStatus.ts";

const IDLE: RunnerStatus = { type: "status", state: "Running", activity: "Idle", turns: 2 };
const FAILED: RunnerStatus = { ...IDLE, activity: "Failed", message: "No credit" };
const redact = (text: string) => text.replaceAll("sk-1", "[secret]");

describe("eventStatus", () => {
  it("sets what the event reports, and counts a finished turn", () => {
    const event = {
      activity: "Idle",
      conversationId: "c",
      endsTurn: true,
      lastMessage: "Done\u0007 with sk-1",
    } as const;
    expect(eventStatus(event, IDLE, redact)).toEqual({
      activity: "Idle",
      conversationId: "c",
      turns: 3,
      lastMessage: "Done with [secret]",
    });
  });

  it("keeps a failure until the agent does something else", () => {
    expect(eventStatus({ activity: "Failed", failure: "sk-1 was refused" }, IDLE, redact)).toEqual({
      activity: "Failed",
      message: "[secret] was refused",
    });
    expect(eventStatus({ conversationId: "c" }, FAILED, redact)).toEqual({ conversationId: "c" });
    expect(eventStatus({ activity: "Working" }, FAILED, redact)).toEqual({ activity: "Working", message: undefined });
  });
});
