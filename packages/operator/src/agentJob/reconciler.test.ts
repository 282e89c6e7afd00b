import type { AgentJob } from "@clauderon/kinds";
import type { KubeObject } from "@clauderon/base";
import { KeptForms } from "@clauderon/controller";
import type { KubeClient } from "@clauderon/kube";
import { expect, it } from "vitest";
import type { Caches } from "./caches.ts";
import { exampleJob } from "./model/snapshot.fixture.ts";
import { OwnWrites } from "./ownWrites.ts";
import { reconcileAgentJob } from "./reconciler.ts";

const NOW = Date.parse("2026-11-24T12:00:00Z");

/** A reconciler whose only cache is that of AgentJobs: looking for a reference is a bug in it. */
function broken(job: AgentJob, written: KubeObject[]) {
  const client: Partial<KubeClient> = {
    apply: async (_, object) => {
      written.push(object);
      return object;
    },
  };
  return {
    caches: { agentJobs: { get: () => job } } as unknown as Caches,
    crds: { problem: undefined },
    client: client as KubeClient,
    events: { event: () => {} },
    clock: { now: () => NOW, monotonic: () => 0, sleep: async () => {} },
    accessCeiling: undefined,
    ownWrites: new OwnWrites(),
    kept: new KeptForms(),
  };
}

it("reconcileAgentJob reports a bug in Ready, keeps the rest of the status, and throws it for the log", async () => {
  const runs = [{ name: "summarize-1", configHash: "h", phase: "Succeeded" as const }];
  const job: AgentJob = { ...exampleJob({}), status: { phase: "Succeeded", runs } };
  const written: KubeObject[] = [];
  await expect(reconcileAgentJob(broken(job, written), "agents/summarize")).rejects.toThrow(TypeError);
  const message = expect.stringMatching(
    /^The operator failed with an unexpected error and will retry; its log has the stack trace\. .+/,
  );
  const ready = { type: "Ready", status: "Unknown", reason: "InternalError", message };
  const lastTransitionTime = "2026-11-24T12:00:00Z";
  expect(written.map((object) => (object as AgentJob).status)).toEqual([
    { phase: "Succeeded", runs, message, conditions: [{ ...ready, lastTransitionTime }] },
  ]);
});
