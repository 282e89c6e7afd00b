import { isGraphqlQuery } from "./graphqlOperation.ts";
import { hasUniqueMembers } from "./uniqueMembers.ts";
import type { InspectedBody } from "./readOnly.ts";
import { refuse, type Refusal } from "./refusal.ts";

/** The most that is read of a body before it goes upstream; who reads it may stop one byte later. */
export const MAX_INSPECTED_BYTES = 1_048_576;

/** What a GraphQL request over HTTP may have; servers give meaning of their own to other members. */
const MEMBERS: readonly string[] = ["query", "operationName", "variables", "extensions"];

/** Whether a request only reads, by its whole body, for which `decideRequest` asked. */
export function decideBody(kind: InspectedBody, text: string): { readonly allow: true } | Refusal {
  if (text.length > MAX_INSPECTED_BYTES) {
    return refuse("BodyNotRead", "The body is too long to be read, as access mode ReadOnly requires of this request");
  }
  const value = parseUnambiguous(text);
  if (value === undefined) return refuse("BodyNotRead", "The body is not unambiguous JSON");
  if (kind === "LfsBatch")
    return isDownload(value) ? { allow: true } : refuse("ReadOnly", "git lfs push is refused in access mode ReadOnly");
  const requests: readonly unknown[] = Array.isArray(value) ? value : [value];
  return requests.length > 0 && requests.every(isReading)
    ? { allow: true }
    : refuse("ReadOnly", "Only GraphQL queries that the request itself holds are allowed in access mode ReadOnly");
}

function parseUnambiguous(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return hasUniqueMembers(text) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isReading(request: unknown): boolean {
  return isObject(request) && Object.keys(request).every((name) => MEMBERS.includes(name)) && isGraphqlQuery(request);
}

function isDownload(value: unknown): boolean {
  return isObject(value) && value["operation"] === "download";
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
