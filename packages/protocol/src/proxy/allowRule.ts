import { z } from "zod";
import { parseHostPattern } from "./hostPattern.ts";

const HTTPS_PORT = 443;

const hostPatternSchema = z.string().transform((text, { issues, value }) => {
  const pattern = parseHostPattern(text);
  if (pattern !== undefined) return pattern;
  issues.push({ code: "custom", input: value, message: hostPatternProblem(text) });
  return z.NEVER;
});

const portSchema = z.int().min(1).max(65_535);

/** A path or the beginning of paths: `/repos/me` covers itself and what is below it, `/repos/me/` only what is below. */
const pathPrefixSchema = z
  .string()
  .max(2_048)
  .regex(/^\/[A-Za-z0-9._~!$&'()*+,;=:@/-]*$/, "must begin with / and hold no ?, #, %, \\ or space")
  .refine((path) => !/\/\.{0,2}\/|\/\.{1,2}$/.test(path), "must not hold //, /./ or /../");

/** One thing that is allowed: HTTP requests to these hosts, all of them or those with these methods and paths. */
export const allowRuleSchema = z.object({
  host: hostPatternSchema.describe("A host, or *.name for every host below that name"),
  ports: z.array(portSchema).min(1).max(100).default([HTTPS_PORT]),
  methods: z
    .array(z.string().regex(/^[A-Z]{1,32}$/, "must be a method in capitals"))
    .min(1)
    .max(32)
    .optional(),
  paths: z.array(pathPrefixSchema).min(1).max(100).optional(),
  /** Where the rule comes from, for the audit: the name of a preset, or `user`. */
  origin: z.string().min(1).max(64).optional(),
});
export type AllowRule = z.infer<typeof allowRuleSchema>;

export function hostPatternProblem(text: string): string {
  if (/[^\0-\x7f]/.test(text)) return "must be ASCII: write an international name in its xn-- form";
  if (text.startsWith("*.")) return "must be *. and a name with at least two labels";
  return "must be a host name: no address, no port, no scheme";
}
