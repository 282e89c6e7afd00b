import {
  authorityText,
  type CredentialRule,
  type Grant,
  SERVICES,
  type Service,
  serviceOf,
  takesCredential,
} from "@clauderon/protocol/proxy";
import { headerProblem } from "./headerProblem.ts";
import { type HeaderPlan, planCredentials } from "./planCredentials.ts";
import { type InspectedBody, type ReadOnlyVerdict, readOnlyVerdict } from "./readOnly.ts";
import { howToAllow, refuse, type Refusal } from "./refusal.ts";
import { type ProxyRequest, valuesOf } from "./request.ts";
import { agreedAuthority, type RequestAuthority } from "./requestAuthority.ts";
import { DEFAULT_PORTS, parseTarget, type RequestTarget } from "./requestTarget.ts";
import { findRule, type RuleVerdict } from "./rules.ts";

/** A request that passes: where it goes, by which rule, and what happens to its headers. */
export interface Passage extends HeaderPlan {
  readonly scheme: "http" | "https";
  readonly host: string;
  readonly port: number;
  /** The request target to send, in origin-form. */
  readonly target: string;
  /** For the audit, without the query. */
  readonly path: string;
  readonly rule: string;
  /** True when no rule allows it and mode `Record` lets it pass. */
  readonly recorded: boolean;
  /** Set when `decideBody` has to allow the body before anything goes upstream. */
  readonly body?: InspectedBody;
}

/** Headers by which servers take a request for one with another method. */
const OVERRIDES = ["x-http-method-override", "x-http-method", "x-method-override"];
const METHOD = /^[A-Z][A-Z_-]{0,31}$/;
/** CONNECT inside a tunnel leads elsewhere; TRACE and TRACK send back the headers, credentials included. */
const REFUSED_METHODS: readonly string[] = ["CONNECT", "TRACE", "TRACK"];

/**
 * Whether a request may pass, and with which credentials. The grant is the current one: what was allowed when the tunnel
 * was opened may be refused now. Whatever is not decided is refused.
 */
export function decideRequest(
  grant: Grant,
  credentials: readonly CredentialRule[],
  request: ProxyRequest,
): Passage | Refusal {
  const target = parseTarget(request.method, request.target);
  const problem = problemOf(request);
  if (problem !== undefined) return { ...problem, ...askedOf(request, target) };
  if (target === undefined) {
    return { ...refuse("MalformedTarget", "The request target is not a path or a URL"), ...askedOf(request, target) };
  }
  const verdict = decideTarget(grant, credentials, { request, target });
  return verdict.allow ? verdict : { ...verdict, ...askedOf(request, target) };
}

function problemOf(request: ProxyRequest): Refusal | undefined {
  return (
    methodsOf(request)
      .map(methodProblem)
      .find((found) => found !== undefined) ?? headerProblem(request.headers)
  );
}

function askedOf({ tunnel }: ProxyRequest, target: RequestTarget | undefined): Pick<Refusal, "host" | "port" | "path"> {
  const authority = target?.authority && { host: target.authority.host.text, port: target.authority.port };
  const where = tunnel === undefined ? authority : { host: tunnel.host, port: tunnel.port };
  return { ...where, ...(target === undefined ? {} : { path: target.path }) };
}

function decideTarget(
  grant: Grant,
  credentials: readonly CredentialRule[],
  { request, target }: { readonly request: ProxyRequest; readonly target: RequestTarget },
): Passage | Refusal {
  const { headers } = request;
  const agreed = agreedAuthority(request, target);
  if ("allow" in agreed) return agreed;
  const asked = { methods: methodsOf(request), headers, target, agreed };
  const place = placeVerdict(grant, asked);
  if (!place.allow) return place;
  const access = accessVerdict(grant, credentials, asked);
  if (!access.allow) return access;
  const { scheme, authority } = agreed;
  const where = { scheme, host: authority.host.text, port: authority.port };
  const plan = planCredentials(grant, credentials, { ...where, ...target, headers });
  if (!plan.allow) return plan;
  const body = access.body === undefined ? {} : { body: access.body };
  return {
    ...plan,
    ...where,
    target: target.text,
    path: target.path,
    rule: place.rule,
    recorded: place.recorded,
    ...body,
  };
}

interface Asked {
  readonly methods: readonly [string, ...string[]];
  readonly headers: ProxyRequest["headers"];
  readonly target: RequestTarget;
  readonly agreed: RequestAuthority;
}

/**
 * The request's method, and those for which a server may take it. A connection that is upgraded, as to WebSocket, can do
 * anything: it counts as a method of its own, which limits to some methods do not have.
 */
function methodsOf({ method, headers }: ProxyRequest): readonly [string, ...string[]] {
  const overriding = OVERRIDES.flatMap((name) => valuesOf(headers, name)).map((text) => text.trim().toUpperCase());
  return [method, ...overriding, ...(valuesOf(headers, "upgrade").length > 0 ? ["UPGRADE"] : [])];
}

function methodProblem(method: string): Refusal | undefined {
  if (!METHOD.test(method)) return refuse("MalformedHeaders", "The method is not a method of HTTP");
  return REFUSED_METHODS.includes(method) ? refuse("MethodRefused", `The proxy passes no ${method}`) : undefined;
}

function placeVerdict(grant: Grant, { methods, target, agreed }: Asked): RuleVerdict {
  const { scheme, authority } = agreed;
  const { host, port } = authority;
  if (host.kind !== "Name") {
    const way = howToAllow(grant, "tcp", authorityText(authority));
    return refuse("IpLiteral", `${host.text} is an address: only hosts can be reached by name. ${way}`);
  }
  if (scheme === "http" && port === DEFAULT_PORTS.https) {
    return refuse("PlainHttp", `Port ${port} of ${host.text} takes https only`);
  }
  const asked = { host: host.text, port, paths: target.readings };
  return strictest(methods, (method) => findRule(grant, { ...asked, method }));
}

function accessVerdict(grant: Grant, credentials: readonly CredentialRule[], asked: Asked): ReadOnlyVerdict {
  const { methods, headers, target, agreed } = asked;
  if (grant.accessMode === "ReadWrite") return { allow: true };
  if (isModelApi(grant, credentials, agreed.authority.host.text)) return { allow: true };
  return strictest(methods, (method) => readOnlyVerdict({ ...target, method, headers }));
}

/** The first refusal, or what is decided for the request's own method. */
function strictest<V extends { readonly allow: true }>(
  [first, ...others]: readonly [string, ...string[]],
  decide: (method: string) => V | Refusal,
): V | Refusal {
  const verdict = decide(first);
  return [verdict, ...others.map(decide)].find(({ allow }) => !allow) ?? verdict;
}

/** Read-only mode is about what the agent does to others; without its model there is no agent. */
function isModelApi(grant: Grant, credentials: readonly CredentialRule[], host: string): boolean {
  const granted = credentials.filter(({ name }) => grant.credentials.includes(name)).map(serviceOf);
  const all: readonly Service[] = [...Object.values(SERVICES), ...granted];
  return all.some((service) => service.isModelApi === true && takesCredential(service, host));
}
