import { expect, it } from "vitest";
import { exampleEntry } from "../../session/model/entry.fixture.ts";
import { judgeFailure } from "../../session/model/failure.ts";
import { endedAtStart, notAnOrphan, unreachable } from "./localFaults.ts";

it("a runner that was killed while it started is started again, one that ended by itself is not", () => {
  const killed = endedAtStart("web", "SIGKILL", "Starting");
  expect(killed.message).toBe('The runner of session "web" ended with SIGKILL while it started');
  expect(judgeFailure(killed, exampleEntry(), 9, 0.5)).toHaveProperty("retryMs");
  for (const exit of ["exit code 2", undefined]) {
    const ended = endedAtStart("web", exit, "No such adapter");
    expect(ended.message).toMatch(/: No such adapter$/);
    expect(judgeFailure(ended, exampleEntry(), 1, 0.5)).toHaveProperty("giveUp");
  }
});

it.each([
  [unreachable("web"), "AGENT_UNAVAILABLE", "nothing listens on its socket", "clauderon recreate web"],
  [notAnOrphan("web"), "USAGE", "is on this machine", "clauderon delete web"],
])("a session on this machine has a fault that says what to do: %s", (fault, code, message, hint) => {
  expect(fault).toMatchObject({
    code,
    message: expect.stringContaining(message) as unknown,
    hint: expect.stringContaining(hint) as unknown,
  });
});
