import { Fault } from "@clauderon/base";
import { type ServiceName, SERVICES } from "./services.ts";

/** A service with hosts of its own. */
type KnownService = Exclude<ServiceName, "generic">;

const SERVICE_OF: ReadonlyMap<string, KnownService> = new Map(
  Object.entries(SERVICES).flatMap(([service, { variables }]) =>
    variables.map((variable) => [variable, service as KnownService] as const),
  ),
);

/** The variables whose credential the proxy can send. */
export const CREDENTIAL_VARIABLES: readonly string[] = [...SERVICE_OF.keys()];

/** The service whose credential programs read from this variable; undefined if the proxy knows none. */
export function serviceOfVariable(variable: string): KnownService | undefined {
  return SERVICE_OF.get(variable);
}

/** The service that a credential is for. SPEC_INVALID if the proxy knows none. */
export function serviceFor(credential: string): ServiceName {
  const service = serviceOfVariable(credential);
  if (service !== undefined) return service;
  throw new Fault("SPEC_INVALID", `The proxy knows no service that takes ${credential}`, {
    hint: `Leave out --credential ${credential}. It takes: ${CREDENTIAL_VARIABLES.join(", ")}`,
  });
}
