import { coversHost } from "./hostPattern.ts";
import { placeholderFor } from "./placeholder.ts";
import { type CredentialHeader, type Service, SERVICES, type ServiceName } from "./services.ts";

/** What the proxy may know of a credential when it decides: everything but the secret. */
export interface CredentialRule {
  /** The name by which grants refer to it. */
  readonly name: string;
  readonly service: ServiceName;
  /** Hosts or patterns instead of the service's own, as for a company's registry. */
  readonly hosts?: readonly string[];
  /** The headers instead of the service's own; `generic` has no others. */
  readonly headers?: readonly CredentialHeader[];
}

/** The service that a rule names, with what the rule itself says instead. */
export function serviceOf({ service, hosts, headers }: CredentialRule): Service {
  const known: Service = SERVICES[service];
  return { ...known, hosts: hosts ?? known.hosts, headers: headers ?? known.headers };
}

export function takesCredential(service: Service, host: string): boolean {
  return service.hosts.some((pattern) => coversHost(pattern, host));
}

/** What stands for this credential in the environment of this principal. */
export function placeholderOf({ service, name }: CredentialRule, principal: string): string {
  return placeholderFor(SERVICES[service].placeholder, principal, name);
}
