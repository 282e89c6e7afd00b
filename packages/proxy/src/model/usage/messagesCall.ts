import type { CredentialRule, ServiceName } from "@clauderon/protocol/proxy";
import type { Passage } from "../decideRequest.ts";

const MESSAGES_PATH = "/v1/messages";
const SERVICES: readonly ServiceName[] = ["anthropic", "anthropic-oauth"];

/** Whether a request calls Anthropic's Messages API with a credential of ours: its answer then says what it used. */
export function isMessagesCall({ path, edits }: Passage, rules: readonly CredentialRule[]): boolean {
  const used = edits.map(({ credential }) => rules.find(({ name }) => name === credential)?.service);
  return path === MESSAGES_PATH && used.some((service) => service !== undefined && SERVICES.includes(service));
}
