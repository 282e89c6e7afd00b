import { z } from "zod";
import { conditions, observedGeneration, timestamp } from "./schema/condition.ts";

/** Where an AgentJob stands, in one word; the column PHASE. */
export const PHASES = ["Pending", "Scheduled", "Running", "Succeeded", "Failed", "Suspended"] as const;

/** Where one run stands. */
export const RUN_PHASES = ["Pending", "Running", "Succeeded", "Failed"] as const;

/** Longest free text that is taken over from a run: it comes from a pod that ran untrusted code. */
export const MAX_RUN_TEXT = 1024;

/** Runs kept in the status, newest first. */
export const MAX_RUNS = 10;

const count = z.int().min(0).exactOptional();
const word = z.string().max(256).exactOptional();

const run = z.object({
  name: z.string().min(1).max(253).describe("Name of the Job that ran it."),
  configHash: word.describe("Hash of the inputs it ran with; see status.configHash."),
  phase: z.enum(RUN_PHASES).describe("Where the run stands: Pending, Running, Succeeded or Failed."),
  startTime: timestamp.exactOptional().describe("When its Job was started."),
  completionTime: timestamp.exactOptional().describe("When it ended."),
  reason: word.describe("Why it is where it is, as one CamelCase word; absent when it succeeded."),
  message: z.string().max(MAX_RUN_TEXT).exactOptional().describe("The same for people."),
  sessionId: word.describe("The agent's own id of the conversation."),
  model: word.describe("The model that answered."),
  turns: count.describe("Turns the agent took."),
  inputTokens: count.describe("Tokens read by the model."),
  outputTokens: count.describe("Tokens written by the model."),
  cost: z.string().max(32).exactOptional().describe("What the agent says it cost, in US dollars, as in '0.0123'."),
  branch: word.describe("The branch the agent left its checkout on."),
  lastMessage: z.string().max(MAX_RUN_TEXT).exactOptional().describe("The agent's last words, shortened."),
});

const ownedResource = z.object({
  kind: z.string().max(63).describe("Kind of the object."),
  name: z.string().max(253).describe("Name of the object."),
});

export const agentJobStatus = z.object({
  phase: z
    .enum(PHASES)
    .exactOptional()
    .describe("Where the job stands: Pending, Scheduled, Running, Succeeded, Failed or Suspended."),
  schedule: word.describe(
    "The schedule in force, or <none> for a one-shot job: the column SCHEDULE, which a table would otherwise leave empty.",
  ),
  lastRunTime: timestamp.exactOptional().describe("When the newest run started."),
  lastCompletionTime: timestamp.exactOptional().describe("When the newest finished run ended."),
  message: z
    .string()
    .max(32768)
    .exactOptional()
    .describe("What is going on, and what to do about it, in one sentence."),
  observedGeneration,
  configHash: word.describe(
    "Hash of everything that decides a run: agent.json, runtime, credential reference, resources, environment, timeout. A one-shot job runs once for each hash.",
  ),
  ownedResources: z
    .array(ownedResource)
    .max(64)
    .exactOptional()
    .meta({ "x-kubernetes-list-type": "atomic" })
    .describe("The objects that exist for this job."),
  conditions,
  runs: z
    .array(run)
    .max(MAX_RUNS)
    .exactOptional()
    .meta({ "x-kubernetes-list-type": "atomic" })
    .describe("The last runs, newest first."),
});
