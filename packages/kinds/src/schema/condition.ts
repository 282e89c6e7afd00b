import { z } from "zod";

/** An instant as RFC 3339 text. */
export const timestamp = z.string().meta({ format: "date-time" });

const condition = z.object({
  type: z.string().min(1).max(316).describe("Type of the condition as one CamelCase word."),
  status: z.enum(["True", "False", "Unknown"]).describe("Status of the condition: True, False or Unknown."),
  observedGeneration: z
    .int()
    .min(0)
    .exactOptional()
    .describe("The metadata.generation that the condition is based on."),
  lastTransitionTime: timestamp.describe("When the status of the condition last changed."),
  reason: z.string().min(1).max(1024).describe("Machine-readable reason for the status, as one CamelCase word."),
  message: z
    .string()
    .max(32768)
    .describe("Human-readable explanation of the status, with advice if something is wrong."),
});

/** A list of metav1.Condition: one entry for each type, merged by type in server-side apply. */
export const conditions = z
  .array(condition)
  .exactOptional()
  .meta({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"] })
  .describe("Conditions of the object as the operator observed them.");

export const observedGeneration = z
  .int()
  .min(0)
  .exactOptional()
  .describe("The metadata.generation that the status is based on.");

/** The status of the kinds that AgentJobs refer to. */
export const referencedStatus = z.object({ observedGeneration, conditions });
