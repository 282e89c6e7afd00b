import { Secret } from "@clauderon/base";
import type { HeaderForm } from "@clauderon/protocol/proxy";
import { decodeBase64, encodeBase64 } from "./base64.ts";

/** A credential as a header carries it; `user` is of basic authentication. */
export type CarriedCredential =
  | { readonly form: "Plain" | "Bearer" | "Token"; readonly credential: string }
  | { readonly form: "Basic"; readonly user: string; readonly credential: string };

/** How a header carries a credential, without the credential. */
export type Carrying =
  | { readonly form: "Plain" | "Bearer" | "Token" }
  | { readonly form: "Basic"; readonly user: string };

/** The credential in a header's value, if the value has this form. */
export function readCarried(form: HeaderForm, value: string): CarriedCredential | undefined {
  if (form === "Plain") return { form, credential: value.trim() };
  const [, scheme = "", rest = ""] = /^\s*([A-Za-z]+)\s+(\S+)\s*$/.exec(value) ?? [];
  if (scheme.toLowerCase() !== form.toLowerCase()) return undefined;
  return form === "Basic" ? readBasic(rest) : { form, credential: rest };
}

/** The value of the header with the real credential; a Secret, because it holds one. */
export function writeCarried(carrying: Carrying, credential: Secret): Secret {
  return new Secret(headerValue(carrying, credential.reveal()));
}

function headerValue(carrying: Carrying, credential: string): string {
  if (carrying.form === "Basic") return `Basic ${encodeBase64(`${carrying.user}:${credential}`)}`;
  const before = { Plain: "", Bearer: "Bearer ", Token: "token " }[carrying.form];
  return `${before}${credential}`;
}

function readBasic(text: string): CarriedCredential | undefined {
  const pair = decodeBase64(text);
  const colon = pair?.indexOf(":") ?? -1;
  return pair === undefined || colon < 0
    ? undefined
    : { form: "Basic", user: pair.slice(0, colon), credential: pair.slice(colon + 1) };
}
