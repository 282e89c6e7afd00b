import { z } from "zod";
import { SERVICES } from "./services.ts";

/**
 * A file of the proxy's folder of credentials. What a header may hold decides what a secret may: no line breaks, no
 * controls.
 */
export const credentialFileSchema = z.strictObject({
  service: z.enum(Object.keys(SERVICES) as [keyof typeof SERVICES]),
  secret: z.string().regex(/^[\x21-\x7e]{8,16384}$/, "must be 8 or more visible ASCII characters"),
  hosts: z.array(z.string()).min(1).optional(),
  headers: z
    .array(
      z.strictObject({ name: z.string().regex(/^[a-z0-9-]+$/), form: z.enum(["Plain", "Bearer", "Token", "Basic"]) }),
    )
    .min(1)
    .optional(),
});
