import { z } from "zod";
import { conditions, observedGeneration, timestamp } from "./schema/condition.ts";

/** The phases of an AgentJob, as the column PHASE shows them. */
export const PHASES = ["Pending", "Scheduled", "Running", "Succeeded", "Failed", "Suspended"] as const;

/** The phases of one run. */
export const RUN_PHASES = ["Pending", "Running", "Succeeded", "Failed"] as const;

/** Longest free text that the status copies from a run: the pod that wrote it ran untrusted code. */
export const MAX_RUN_TEXT = 1024;

/** Number of runs that the status keeps. */
export const MAX_RUNS = 10;

const count = z.int().min(0).exactOptional();
const word = z.string().max(256).exactOptional();

const run = z.object({
  name: z.string().min(1).max(253).describe("Name of the Job of this run."),
  configHash: word.describe("Hash of the run's inputs. See status.configHash."),
  phase: z.enum(RUN_PHASES).describe("Phase of the run: Pending, Running, Succeeded or Failed."),
  startTime: timestamp.exactOptional().describe("When the run started."),
  completionTime: timestamp.exactOptional().describe("When the run ended."),
  reason: word.describe("Reason for the phase as one CamelCase word. Not set if the run succeeded."),
  message: z.string().max(MAX_RUN_TEXT).exactOptional().describe("Human-readable explanation of the reason."),
  sessionId: word.describe("ID that the agent gave to the conversation."),
  model: word.describe("Model that the agent used."),
  turns: count.describe("Number of turns that the agent took."),
  inputTokens: count.describe("Number of tokens that the model read."),
  outputTokens: count.describe("Number of tokens that the model wrote."),
  cost: z.string().max(32).exactOptional().describe("Cost in US dollars as the agent reported it, such as '0.0123'."),
  branch: word.describe("Branch that was checked out when the agent finished."),
  ranOn: z
    .string()
    .max(MAX_RUN_TEXT)
    .exactOptional()
    .describe("Branch and commit of each Repository when the agent started, and whether it was brought up to date."),
  boundaryVerified: z
    .boolean()
    .exactOptional()
    .describe("Whether the run's pod tried the ways around its proxy before the agent started, and none was open."),
  lastMessage: z
    .string()
    .max(MAX_RUN_TEXT)
    .exactOptional()
    .describe("Last message of the agent, shortened to 1024 characters."),
});

const usage = z.object({
  calls: z.int().min(0).describe("Number of calls of a model."),
  inputTokens: z.int().min(0).describe("Tokens of prompts that were neither read from the cache nor written to it."),
  cacheWriteTokens: z.int().min(0).describe("Tokens of prompts that were written to the cache."),
  cacheReadTokens: z.int().min(0).describe("Tokens of prompts that were read from the cache."),
  outputTokens: z.int().min(0).describe("Tokens that the model wrote."),
  cost: z.string().max(32).describe("Cost in US dollars by the proxy's price list, such as '0.0123'."),
  unpricedCalls: z.int().min(0).describe("Calls that are not in the cost, because the price list does not have them."),
  lastCallTime: timestamp.describe("When a model was called last."),
});

const ownedResource = z.object({
  kind: z.string().max(63).describe("Kind of the object."),
  name: z.string().max(253).describe("Name of the object."),
});

export const agentJobStatus = z.object({
  phase: z
    .enum(PHASES)
    .exactOptional()
    .describe("Phase of the AgentJob: Pending, Scheduled, Running, Succeeded, Failed or Suspended."),
  schedule: word.describe(
    "Current schedule, or <none> if the AgentJob runs once. The column SCHEDULE shows this value.",
  ),
  lastRunTime: timestamp.exactOptional().describe("Start time of the newest run."),
  lastCompletionTime: timestamp.exactOptional().describe("Completion time of the run that finished last."),
  message: z
    .string()
    .max(32768)
    .exactOptional()
    .describe("Human-readable state of the AgentJob, with advice if something is wrong."),
  observedGeneration,
  configHash: word.describe(
    "Hash of the inputs of a run: agent.json, runtime, credential reference, resources, environment and timeout. An AgentJob without a schedule runs once for each hash.",
  ),
  ownedResources: z
    .array(ownedResource)
    .max(64)
    .exactOptional()
    .meta({ "x-kubernetes-list-type": "atomic" })
    .describe("Objects that the operator created for this AgentJob."),
  conditions,
  usage: usage
    .exactOptional()
    .describe(
      "What all runs behind the proxy used, as the proxy counted it in the answers of the model's API. Not set without delivery Proxy.",
    ),
  runs: z
    .array(run)
    .max(MAX_RUNS)
    .exactOptional()
    .meta({ "x-kubernetes-list-type": "atomic" })
    .describe("Up to ten runs, newest first."),
});
