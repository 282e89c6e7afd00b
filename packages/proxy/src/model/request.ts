import type { Tunnel } from "./decideConnect.ts";

/** Headers as they came: names and values in order, duplicates kept. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** A request as the proxy received it, before anything of its body is read. */
export interface ProxyRequest {
  /** The intercepted tunnel that it came through and the server name of the ClientHello; absent for absolute-form. */
  readonly tunnel?: Tunnel & { readonly serverName: string | undefined };
  readonly method: string;
  /** The request target of HTTP/1.1, or `:path` of HTTP/2. */
  readonly target: string;
  /** With `host`, and with `:authority` for HTTP/2. */
  readonly headers: HeaderList;
}

/** The values of all headers of this name, which is in lower case. */
export function valuesOf(headers: HeaderList, name: string): readonly string[] {
  return headers.filter(([header]) => header.toLowerCase() === name).map(([, value]) => value);
}
