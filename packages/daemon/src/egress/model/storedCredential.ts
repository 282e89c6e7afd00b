import { Fault, type Secret } from "@clauderon/base";
import { credentialFileSchema, serviceFor } from "@clauderon/protocol/proxy";
import type { z } from "zod";

/** A credential as the proxy reads it. CONFIG_INVALID for a value that no header can hold. */
export function storedCredential(name: string, secret: Secret): z.output<typeof credentialFileSchema> {
  const { success, data } = credentialFileSchema.safeParse({
    service: serviceFor(name),
    secret: secret.reveal().trim(),
  });
  if (success) return data;
  throw new Fault("CONFIG_INVALID", `The value of ${name} is not one that a service takes`, {
    hint: `It must be 8 or more visible ASCII characters. Set it again: clauderon credentials set ${name}`,
  });
}
