import { type AddressKind, addressKind, withoutIpv6 } from "./addressKind.ts";
import { type Cidr, isInside, parseAddress } from "./cidr.ts";
import { refuse, type Refusal } from "./refusal.ts";

export interface AddressRules {
  /**
   * What the tunnel does next: a tcp rule, which the user wrote for one host and port, may lead into the user's network.
   */
  readonly how: "Intercept" | "Relay";
  /** Blocks that the proxy's own configuration lets pass, for services in the user's network. */
  readonly exceptions: readonly Cidr[];
}

const USERS_NETWORK: readonly AddressKind[] = ["Private", "SharedSpace"];
/** No configuration opens these: a program that reaches them gets the machine's own credentials. */
const NEVER: readonly AddressKind[] = ["Metadata", "LinkLocal"];

/**
 * Why the proxy must not connect to this address, to which a host was resolved; undefined when it may. A name that is
 * allowed can be made to point anywhere, so every address is checked, and the connection goes to the checked address.
 */
export function addressProblem(text: string, { how, exceptions }: AddressRules): Refusal | undefined {
  const address = parseAddress(text);
  const kind = addressKind(text);
  if (address === undefined || kind === undefined) return refuse("AddressNotPublic", "The host has no valid address");
  if (kind === "Public") return undefined;
  const inner = withoutIpv6(address);
  const isExcepted = exceptions.some((block) => isInside(inner, block));
  const isAllowed = isExcepted || (how === "Relay" && USERS_NETWORK.includes(kind));
  if (isAllowed && !NEVER.includes(kind)) return undefined;
  return refuse("AddressNotPublic", `The host leads to ${text}, which is not a public address (${kind})`);
}
