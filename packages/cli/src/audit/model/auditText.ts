import { cleanText } from "@clauderon/base";
import type { AuditRecord } from "@clauderon/protocol/proxy";

const MAX_TEXT = 2_048;

/** A decision as one line for people: when, who, the outcome, what was asked, and why it passed or did not. */
export function auditText(record: AuditRecord): string {
  const { time, session, principal, status, reason } = record;
  const outcome = `${status === 0 ? "-" : status}${reason === undefined ? "" : ` ${reason}`}`;
  const parts = [time, session ?? principal ?? "-", outcome, askedText(record), ...grantedTexts(record)];
  return cleanText(parts.join("  ").replaceAll(/[\n\t]/g, " "), MAX_TEXT);
}

/** Whether a decision was a refusal, or what passed then failed. */
export function isRefused({ reason }: AuditRecord): boolean {
  return reason !== undefined;
}

function askedText({ method, host, port, path = "" }: AuditRecord): string {
  const authority = port === undefined || (port === 443 && method !== "CONNECT") ? host : `${host}:${port}`;
  return [method, `${authority ?? ""}${path}`].filter((part) => part !== "").join(" ");
}

function grantedTexts({ rule, credential, usage }: AuditRecord): readonly string[] {
  const tokens =
    usage && usage.inputTokens + usage.cacheReadTokens + usage.cacheWrite5mTokens + usage.cacheWrite1hTokens;
  const cost = usage?.costUsd === undefined ? "" : `, $${usage.costUsd.toFixed(4)}`;
  return [
    ...(rule === undefined ? [] : [`by ${rule}`]),
    ...(credential === undefined ? [] : [`with ${credential}`]),
    ...(usage === undefined ? [] : [`${usage.model}: ${tokens} tokens in, ${usage.outputTokens} out${cost}`]),
  ];
}
