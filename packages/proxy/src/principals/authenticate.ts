import { createHash, timingSafeEqual } from "node:crypto";
import type { Grant } from "@clauderon/protocol/proxy";

export type Authentication =
  | { readonly known: true; readonly grant: Grant }
  | { readonly known: false; readonly reason: "CredentialsMissing" | "CredentialsInvalid" };

/** Compared with when there is no grant, so that the time says nothing about which principals exist. */
const NOBODY = "0".repeat(64);

/** Who sends this Proxy-Authorization, by the grants that `find` knows. */
export function authenticate(
  header: string | undefined,
  find: (principal: string) => Grant | undefined,
): Authentication {
  if (header === undefined) return { known: false, reason: "CredentialsMissing" };
  const { user, password } = userOf(header);
  const grant = find(user);
  const given = createHash("sha256").update(password).digest();
  const isSame = timingSafeEqual(given, Buffer.from(grant?.tokenHash ?? NOBODY, "hex"));
  return isSame && grant !== undefined ? { known: true, grant } : { known: false, reason: "CredentialsInvalid" };
}

/** The user name and password in this header; empty ones in a header of another form. */
export function userOf(header: string): { readonly user: string; readonly password: string } {
  const [, encoded = ""] = /^basic +([A-Za-z0-9+/=_-]+) *$/i.exec(header) ?? [];
  const [, user = "", password = ""] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, "base64").toString()) ?? [];
  return { user, password };
}
