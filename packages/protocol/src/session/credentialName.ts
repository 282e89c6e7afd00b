import { z } from "zod";

/** A credential has the name of the environment variable that an agent reads it from. */
export const credentialNameSchema = z
  .string()
  .max(128)
  .regex(/^[A-Z][A-Z0-9_]*$/, "must be the name of an environment variable, in capitals");
