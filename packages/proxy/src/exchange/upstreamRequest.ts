import http, { type ClientRequest } from "node:http";
import https from "node:https";
import { type CredentialRule, type Service, serviceOf, SERVICES } from "@clauderon/protocol/proxy";
import { writeCarried } from "../model/credentialValue.ts";
import type { Passage } from "../model/decideRequest.ts";
import type { Secret } from "@clauderon/base";
import type { Route } from "../upstream/destinations.ts";
import { type Framing, framingHeaders } from "./framing.ts";
import { forwardedRequestHeaders, type Header, valuesOf } from "./headers.ts";

/** The headers, in lower case, in which services take credentials. */
export function credentialHeaders(rules: readonly CredentialRule[]): readonly string[] {
  const services: readonly Service[] = [...Object.values(SERVICES), ...rules.map(serviceOf)];
  return ["cookie", ...services.flatMap(({ headers }) => headers.map(({ name }) => name))];
}

/** The largest headers that a server may send. */
const MAX_HEADER_BYTES = 65_536;

/** What goes to the server: the headers, and the secrets in them, which its response must not show to the agent. */
export interface UpstreamHeaders {
  readonly headers: readonly Header[];
  readonly secrets: readonly string[];
}

/** What of the client's request decides the headers for the server. */
export interface ClientHead {
  readonly method: string;
  readonly headers: readonly Header[];
  readonly framing: Framing;
  readonly isUpgrade: boolean;
}

/** The headers for the server, with the credentials that the verdict names; undefined when one of them has no secret now. */
export function upstreamHeaders(
  passage: Passage,
  head: ClientHead,
  secretOf: (credential: string) => Secret | undefined,
): UpstreamHeaders | undefined {
  const edited = new Set(passage.edits.map(({ name }) => name.toLowerCase()));
  const drop = [...passage.drop, ...edited, ...(edited.size > 0 ? ["accept-encoding"] : [])];
  const written: Header[] = [];
  const secrets: string[] = [];
  for (const { name, credential, carrying } of passage.edits) {
    const secret = secretOf(credential);
    if (secret === undefined) return undefined;
    const value = writeCarried(carrying, secret).reveal();
    written.push([name, value]);
    secrets.push(secret.reveal(), value.slice(value.lastIndexOf(" ") + 1));
  }
  const headers: Header[] = [
    ["host", passage.port === defaultPort(passage) ? passage.host : `${passage.host}:${passage.port}`],
    ...forwardedRequestHeaders(head.headers, drop),
    ...written,
    // An encoded body would hide a reflected secret.
    ...(secrets.length > 0 ? [["accept-encoding", "identity"] as const] : []),
    ...framingHeaders(head.framing, head.method),
    ...connectionHeaders(head),
  ];
  return { headers, secrets: [...new Set(secrets)] };
}

function connectionHeaders({ headers, framing, isUpgrade }: ClientHead): readonly Header[] {
  const takesTrailers = valuesOf(headers, "te").some((value) => /\btrailers\b/i.test(value));
  const expects = valuesOf(headers, "expect").some((value) => value.toLowerCase() === "100-continue");
  return [
    ...valuesOf(framing.kind === "Chunks" ? headers : [], "trailer").map((value) => ["trailer", value] as const),
    ...(expects ? [["expect", "100-continue"] as const] : []),
    ...(takesTrailers ? [["te", "trailers"] as const] : []),
    ...(isUpgrade ? [["upgrade", "websocket"] as const] : []),
    ["connection", isUpgrade ? "Upgrade" : takesTrailers ? "keep-alive, TE" : "keep-alive"],
  ];
}

/** Opens the request to the server. Throws when Node finds the method, target or headers invalid. */
export function openUpstream(
  passage: Passage,
  { method, agent, route, headers }: { method: string; agent: http.Agent; route: Route; headers: readonly Header[] },
): ClientRequest {
  const { request } = passage.scheme === "https" ? https : http;
  return request({
    agent,
    method,
    host: route.host,
    port: route.port,
    lookup: route.lookup,
    servername: passage.host,
    path: passage.target,
    headers: headers.flat(),
    maxHeaderSize: MAX_HEADER_BYTES,
  });
}

function defaultPort({ scheme }: Passage): number {
  return scheme === "https" ? 443 : 80;
}
