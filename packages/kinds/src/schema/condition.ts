import { z } from "zod";

/** An instant as RFC 3339 text. */
export const timestamp = z.string().meta({ format: "date-time" });

const condition = z.object({
  type: z.string().min(1).max(316).describe("What the condition is about, as one CamelCase word."),
  status: z.enum(["True", "False", "Unknown"]).describe("Whether it holds."),
  observedGeneration: z.int().min(0).exactOptional().describe("The metadata.generation this condition was decided on."),
  lastTransitionTime: timestamp.describe("When the status last changed."),
  reason: z
    .string()
    .min(1)
    .max(1024)
    .describe("Why the condition has this status, as one CamelCase word for programs."),
  message: z.string().max(32768).describe("The same for people: what happened, and what to do."),
});

/** metav1.Condition lists: one entry a type, merged by type in server-side apply. */
export const conditions = z
  .array(condition)
  .exactOptional()
  .meta({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"] })
  .describe("Facts about this object as the operator sees them; each names its reason.");

export const observedGeneration = z
  .int()
  .min(0)
  .exactOptional()
  .describe("The metadata.generation this status speaks about.");

/** The status of the kinds that others refer to. */
export const referencedStatus = z.object({ observedGeneration, conditions });
