import type { Grant } from "@clauderon/protocol/proxy";
import type { AuditEntry } from "../audit/auditTrail.ts";
import { decideBody, MAX_INSPECTED_BYTES } from "../model/decideBody.ts";
import { decideRequest, type Passage } from "../model/decideRequest.ts";
import type { Refusal } from "../model/refusal.ts";
import { isMessagesCall } from "../model/usage/messagesCall.ts";
import type { ProxyParts } from "../proxyParts.ts";
import { readBody, watchBody } from "./bodyWatch.ts";
import { AUDIT_FAILED, end, type Ending, REVOKED, STALLED, TOO_MANY, unauthenticated } from "./endings.ts";
import { forward } from "./forward.ts";
import { breakOff, headersOf, type Incoming, isGone } from "./incoming.ts";

/** Answers one request: decides by the current grant of who sent it, then forwards it or says why not. Never rejects. */
export async function serve(parts: ProxyParts, incoming: Incoming): Promise<void> {
  const { request, response, tunnel, upgrade } = incoming;
  const where = tunnel === undefined ? {} : { principal: tunnel.principal, host: tunnel.host, port: tunnel.port };
  const entry = parts.audit.begin({ method: request.method ?? "", ...where });
  request.on("error", () => response.destroy());
  response.on("error", () => request.destroy());
  (upgrade?.socket ?? response).once("close", () => {
    const isWhole = response.writableFinished || entry.facts.status !== undefined;
    if (!isWhole) entry.facts.reason ??= "ClientClosed";
    entry.end(response.headersSent ? response.statusCode : 0);
  });
  try {
    await serveChecked(parts, incoming, entry);
  } catch (thrown) {
    if (isGone(response)) return;
    parts.log.error("Request failed", { error: thrown instanceof Error ? thrown.stack : String(thrown) });
    end(incoming, entry, { status: 500, reason: "InternalError", message: "The proxy failed; its log says why" });
  }
}

async function serveChecked(parts: ProxyParts, incoming: Incoming, entry: AuditEntry): Promise<void> {
  if (!parts.audit.works) return end(incoming, entry, AUDIT_FAILED);
  if (incoming.tunnel === undefined) await parts.principals.meet(incoming.request.headers["proxy-authorization"]);
  const grant = grantOf(parts, incoming);
  if ("status" in grant) return end(incoming, entry, grant);
  Object.assign(entry.facts, { principal: grant.principal, session: grant.name });
  if (!takePlace(parts, incoming, grant.principal)) return end(incoming, entry, TOO_MANY);
  const { request } = incoming;
  const passage = verdictOn(parts, grant, incoming);
  if (!passage.allow) {
    const { host, port, path } = passage;
    Object.assign(entry.facts, { host, port, path });
    return end(incoming, entry, passage);
  }
  note(entry, passage);
  const onStall = (): void => end(incoming, entry, STALLED);
  const body = await inspectedBody(passage, incoming, () => watchBody(request, parts.limits.bodyMs, onStall));
  if (body !== undefined && "status" in body) return end(incoming, entry, body);
  const isModelCall = isMessagesCall(passage, parts.principals.rulesOf(grant));
  forward(parts, { incoming, entry, grant, passage, isModelCall, body: body?.bytes });
  if (body === undefined && !request.complete) watchBody(request, parts.limits.bodyMs, onStall);
}

function grantOf(parts: ProxyParts, { request, tunnel }: Incoming): Grant | Ending {
  if (tunnel !== undefined) return parts.principals.current(tunnel.principal, tunnel.tokenHash) ?? REVOKED;
  const who = parts.principals.authenticate(request.headers["proxy-authorization"]);
  return who.known ? who.grant : unauthenticated(who.reason);
}

function verdictOn({ principals }: ProxyParts, grant: Grant, { request, tunnel }: Incoming): Passage | Refusal {
  return decideRequest(grant, principals.rulesOf(grant), {
    ...(tunnel === undefined ? {} : { tunnel }),
    method: request.method ?? "",
    target: request.url ?? "",
    headers: headersOf(request),
  });
}

/** Counts the request against the limits of its principal until it ends; false when it is one too many. */
function takePlace(parts: ProxyParts, incoming: Incoming, principal: string): boolean {
  const { request, response, tunnel, upgrade } = incoming;
  const { occupancy } = parts;
  if (tunnel === undefined && !occupancy.addConnection(principal, request.socket)) return false;
  const stream = upgrade?.socket ?? response;
  const leave = occupancy.addUse(principal, {
    isAllowed() {
      const grant = grantOf(parts, incoming);
      return !("status" in grant) && verdictOn(parts, grant, incoming).allow;
    },
    cut: () => (upgrade === undefined ? breakOff(response) : upgrade.socket.destroy()),
  });
  if (leave !== undefined) stream.once("close", leave);
  return leave !== undefined;
}

function note({ facts }: AuditEntry, { host, port, path, rule, recorded, edits }: Passage): void {
  Object.assign(facts, { host, port, path, rule, ...(recorded ? { recorded } : {}) });
  if (edits.length > 0) facts.credential = edits.map(({ credential }) => credential).join();
}

/** The body, when the verdict needs it before anything goes upstream; undefined when it does not. */
async function inspectedBody(
  { body: kind }: Passage,
  { request, response }: Incoming,
  watch: () => void,
): Promise<{ readonly bytes: Buffer } | Ending | undefined> {
  if (kind === undefined) return undefined;
  if (request.headers.expect !== undefined) response.writeContinue();
  const reading = readBody(request, MAX_INSPECTED_BYTES);
  watch();
  const bytes = await reading;
  const verdict = decideBody(kind, bytes === undefined ? TOO_LONG : textOf(bytes));
  if (!verdict.allow) return verdict;
  return bytes === undefined ? STALLED : { bytes };
}

/** Stands for a body that was not read to its end. */
const TOO_LONG = " ".repeat(MAX_INSPECTED_BYTES + 1);

/** The text of UTF-8; the empty text, which no decision allows, for other bytes. */
function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return "";
  }
}
