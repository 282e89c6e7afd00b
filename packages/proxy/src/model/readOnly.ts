import { isGraphqlQuery } from "./graphqlOperation.ts";
import { percentDecoded } from "./percentDecoded.ts";
import { refuse, type Refusal } from "./refusal.ts";
import { type HeaderList, valuesOf } from "./request.ts";

/** What the proxy must read of a request's body before any of it goes upstream. */
export type InspectedBody = "GraphQL" | "LfsBatch";

export type ReadOnlyVerdict = { readonly allow: true; readonly body?: InspectedBody } | Refusal;

export interface ReadingRequest {
  readonly method: string;
  readonly readings: readonly string[];
  readonly query?: string;
  readonly headers: HeaderList;
}

const READING_METHODS: readonly string[] = ["GET", "HEAD", "OPTIONS"];

/**
 * Whether a request only reads. By method; except that git and GraphQL read by POST, and that git announces a push by
 * GET. What only one reading of the path makes a reading request is refused.
 */
export function readOnlyVerdict(request: ReadingRequest): ReadOnlyVerdict {
  if (isPush(request)) return refuse("ReadOnly", "git push is refused in access mode ReadOnly");
  const isGraphql = everyPathEndsWith(request, "/graphql");
  if (READING_METHODS.includes(request.method)) {
    return isGraphql && request.query !== undefined ? graphqlInQuery(request.query) : { allow: true };
  }
  if (request.method !== "POST") return refusedMethod(request.method);
  if (everyPathEndsWith(request, "/git-upload-pack") && isType(request, "application/x-git-upload-pack-request")) {
    return { allow: true };
  }
  const body = inspectedBody(request, isGraphql);
  return body === undefined ? refusedMethod(request.method) : { allow: true, body };
}

/** The POST requests that may read; their bodies decide. A compressed body would not be the one that was read. */
function inspectedBody(request: ReadingRequest, isGraphql: boolean): InspectedBody | undefined {
  if (valuesOf(request.headers, "content-encoding").length > 0) return undefined;
  if (everyPathEndsWith(request, "/info/lfs/objects/batch")) return "LfsBatch";
  // Servers let the query of the URL count for more than the body.
  const isAlone = request.query === undefined || request.query === "";
  return isGraphql && isAlone && isType(request, "application/json") ? "GraphQL" : undefined;
}

function graphqlInQuery(query: string): ReadOnlyVerdict {
  const pairs = query.split(/[&;]/).map((pair) => {
    const [name = "", ...values] = pair.split("=");
    return [formDecoded(name), formDecoded(values.join("="))] as const;
  });
  const names = pairs.map(([name]) => name?.toLowerCase());
  const valueOf = (wanted: string) => pairs.find(([name]) => name === wanted)?.[1];
  const isUnique = new Set(names).size === names.length;
  return isUnique && isGraphqlQuery({ query: valueOf("query"), operationName: valueOf("operationName") })
    ? { allow: true }
    : refuse("ReadOnly", "Only GraphQL queries that the request itself holds are allowed in access mode ReadOnly");
}

function formDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

function isPush({ readings, query = "" }: ReadingRequest): boolean {
  const isReceiving = readings.some((path) => /\/git-receive-pack\/*$/.test(path.toLowerCase()));
  return isReceiving || percentDecoded(query).toLowerCase().includes("git-receive-pack");
}

function everyPathEndsWith({ readings }: ReadingRequest, end: string): boolean {
  return readings.every((path) => path.endsWith(end));
}

function isType({ headers }: ReadingRequest, type: string): boolean {
  const types = valuesOf(headers, "content-type");
  const [name, ...parameters] = (types[0] ?? "")
    .toLowerCase()
    .split(";")
    .map((part) => part.trim());
  return types.length === 1 && name === type && parameters.every((text) => text === "charset=utf-8");
}

function refusedMethod(method: string): Refusal {
  return refuse("ReadOnly", `${method} is refused here in access mode ReadOnly`);
}
