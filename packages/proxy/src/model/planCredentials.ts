import {
  type CredentialRule,
  type Grant,
  holdsPlaceholder,
  placeholderOf,
  type Service,
  SERVICES,
  serviceOf,
  takesCredential,
} from "@clauderon/protocol/proxy";
import { decodeBase64 } from "./base64.ts";
import { type CarriedCredential, type Carrying, readCarried } from "./credentialValue.ts";
import { percentDecoded } from "./percentDecoded.ts";
import { refuse, type Refusal } from "./refusal.ts";
import { type HeaderList, valuesOf } from "./request.ts";

/** One header whose value the proxy replaces by a real credential, named as the store names it. */
interface HeaderEdit {
  readonly name: string;
  readonly credential: string;
  readonly carrying: Carrying;
}

/** What happens to the headers of a request that passes. */
export interface HeaderPlan {
  readonly allow: true;
  readonly edits: readonly HeaderEdit[];
  /** Names in lower case of headers that do not go upstream. */
  readonly drop: readonly string[];
}

/** A request as far as credentials matter. */
export interface CarryingRequest {
  readonly scheme: "http" | "https";
  readonly host: string;
  readonly path: string;
  readonly query?: string;
  readonly headers: HeaderList;
}

/**
 * Decides where the placeholders of a request are swapped for credentials: only this principal's own placeholder, on a
 * host of its service, in a header where that service takes it, over TLS. A placeholder anywhere else refuses the
 * request. So does any other credential on a host of a known service, because an agent that could bring its own could
 * carry work to another account.
 */
export function planCredentials(
  grant: Grant,
  rules: readonly CredentialRule[],
  request: CarryingRequest,
): HeaderPlan | Refusal {
  const services = servicesOf(rules, request.host);
  const inTarget = targetProblem(services, request);
  if (inTarget !== undefined) return inTarget;
  const usable = request.scheme === "https" ? usableHere(grant, rules, request.host) : [];
  const edits: HeaderEdit[] = [];
  for (const [header, value] of request.headers) {
    const name = header.toLowerCase();
    const edit = editOf(usable, { name, value });
    if (edit !== undefined) edits.push(edit);
    const problem =
      edit === undefined ? valueProblem({ grant, rules, services }, request.host, { name, value }) : undefined;
    if (problem !== undefined) return problem;
  }
  const repeated = edits.find(({ name }) => valuesOf(request.headers, name).length > 1);
  if (repeated !== undefined) return refuse("MalformedHeaders", `The request has the header ${repeated.name} twice`);
  return { allow: true, edits, drop: services.length > 0 ? ["cookie"] : [] };
}

interface Header {
  readonly name: string;
  readonly value: string;
}

interface Usable {
  readonly name: string;
  readonly service: Service;
  readonly placeholder: string;
}

interface Known {
  readonly grant: Grant;
  readonly rules: readonly CredentialRule[];
  readonly services: readonly Service[];
}

const KNOWN_SERVICES: readonly Service[] = Object.values(SERVICES);

/** Every service of this host, granted or not. */
function servicesOf(rules: readonly CredentialRule[], host: string): readonly Service[] {
  const own = rules.filter(({ hosts, headers }) => hosts !== undefined || headers !== undefined).map(serviceOf);
  return [...KNOWN_SERVICES, ...own].filter((service) => takesCredential(service, host));
}

function targetProblem(services: readonly Service[], { path, query = "" }: CarryingRequest): Refusal | undefined {
  if (holdsPlaceholder(percentDecoded(`${path}?${query}`))) {
    return refuse(
      "PlaceholderMisplaced",
      "A placeholder of a credential is in the URL, where the proxy never swaps it",
    );
  }
  const refused = services.flatMap(({ queryParameters = [] }) => queryParameters);
  const names = query.split(/[&;]/).map((pair) => percentDecoded(pair.split("=")[0] ?? ""));
  const found = refused.find((name) => names.includes(name));
  return found === undefined
    ? undefined
    : refuse("CredentialInQuery", `This service takes credentials in headers only here, not as ?${found}=`);
}

/** The granted credentials that this host takes. */
function usableHere(grant: Grant, rules: readonly CredentialRule[], host: string): readonly Usable[] {
  return rules
    .map((rule) => ({ rule, service: serviceOf(rule) }))
    .filter(({ rule, service }) => grant.credentials.includes(rule.name) && takesCredential(service, host))
    .map(({ rule, service }) => ({ name: rule.name, service, placeholder: knownPlaceholder(grant, rule) }));
}

/** Placeholders are hashes, and requests are many. They live as long as the grant does. */
const placeholders = new WeakMap<Grant, Map<string, string>>();

function knownPlaceholder(grant: Grant, rule: CredentialRule): string {
  const known = placeholders.get(grant) ?? new Map<string, string>();
  placeholders.set(grant, known);
  const key = `${rule.service} ${rule.name}`;
  const placeholder = known.get(key) ?? placeholderOf(rule, grant.principal);
  known.set(key, placeholder);
  return placeholder;
}

function editOf(usable: readonly Usable[], header: Header): HeaderEdit | undefined {
  for (const { name, service, placeholder } of usable) {
    const carried = carriedIn(service, header).find(({ credential }) => credential === placeholder);
    if (carried === undefined) continue;
    const carrying = carried.form === "Basic" ? { form: carried.form, user: carried.user } : { form: carried.form };
    return { name: header.name, credential: name, carrying };
  }
  return undefined;
}

function carriedIn(service: Service, { name, value }: Header): readonly CarriedCredential[] {
  return service.headers.filter((header) => header.name === name).flatMap(({ form }) => readCarried(form, value) ?? []);
}

function valueProblem({ grant, rules, services }: Known, host: string, { name, value }: Header): Refusal | undefined {
  if (holdsPlaceholder(plainText(value))) {
    const isOwn = rules.some((rule) => plainText(value).includes(knownPlaceholder(grant, rule)));
    return isOwn
      ? refuse("PlaceholderMisplaced", `The header ${name} to ${host} has a placeholder that is not for this place`)
      : refuse("PlaceholderForeign", `The header ${name} has a placeholder that is not one of ${grant.name}`);
  }
  const takers = services.filter(({ headers }) => headers.some((header) => header.name === name));
  const mayPass = takers.some(({ issuedTokenHosts = [] }) => issuedTokenHosts.includes(host) && isBearer(value));
  if (takers.length === 0 || mayPass || value.trim() === "") return undefined;
  return refuse(
    "CredentialForeign",
    `The header ${name} to ${host} has a credential that ${grant.name} was not granted`,
  );
}

function isBearer(value: string): boolean {
  return readCarried("Bearer", value) !== undefined;
}

/** The value, and behind it what basic authentication hides in it. */
function plainText(value: string): string {
  const [, encoded] = /^\s*Basic\s+(\S+)/i.exec(value) ?? [];
  return encoded === undefined ? value : `${value} ${decodeBase64(encoded) ?? ""}`;
}
