import { join, resolve } from "node:path";
import { counted, Fault, parseJsonObject } from "@clauderon/base";
import { AUDIT_BEGIN, auditRecordSchema, AuditVerifier, hashOfLine } from "@clauderon/protocol/proxy";
import type { CommandContext } from "../commandContext.ts";
import { followAuditLog } from "./followAuditLog.ts";
import type { AuditOptions } from "./model/auditOptions.ts";
import { auditText, isRefused } from "./model/auditText.ts";
import { type LogLine, readAuditLog } from "./readAuditLog.ts";

/** Shows the audit log of a proxy, or verifies it. */
export async function auditCommand(options: AuditOptions, context: CommandContext): Promise<void> {
  const { workingDirectory, home } = context.config;
  const state = resolve(workingDirectory, options.state ?? join(home, "proxy"));
  if (options.follow && options.verify)
    throw new Fault("USAGE", "--follow shows lines and --verify checks them", { hint: "Use one of the two" });
  if (options.follow) return await showLog(followAuditLog(state), options, context);
  const lines = readAuditLog(state);
  if (options.verify) await verifyLog(lines, context);
  else await showLog(lines, options, context);
}

async function showLog(lines: AsyncIterable<LogLine>, options: AuditOptions, context: CommandContext): Promise<void> {
  let damaged = 0;
  for await (const { text } of lines) {
    const { data: record } = auditRecordSchema.safeParse(parseJsonObject(text));
    if (record === undefined) damaged += 1;
    else if (isWanted(record, options)) context.print(options.json ? text : auditText(record));
  }
  if (damaged > 0)
    context.note(`Left out ${counted(damaged, "line")} that cannot be read. Run the command with --verify`);
}

function isWanted(record: Parameters<typeof isRefused>[0], { session, refused }: AuditOptions): boolean {
  return (session === undefined || record.session === session) && (!refused || isRefused(record));
}

async function verifyLog(lines: AsyncIterable<LogLine>, context: CommandContext): Promise<void> {
  const verifier = new AuditVerifier();
  let begin: string | undefined;
  for await (const { file, number, text } of lines) {
    begin ??= hashOfLine(text)?.previous;
    verifier.add(text);
    if (verifier.broken === undefined) continue;
    const isChanged = verifier.broken.problem === "Changed";
    const problem = isChanged
      ? "is not as the proxy wrote it"
      : "does not continue the line before it: lines are missing";
    context.print(
      `Line ${number} of ${file} ${problem}. Before it: ${counted(verifier.verified.lines, "verified line")}`,
    );
    return context.setExitCode(1);
  }
  const { lines: count, hash } = verifier.verified;
  if (hash === undefined) return context.print("The log has no lines");
  const since = begin === AUDIT_BEGIN ? "" : ". Older lines are no longer in the folder";
  context.print(`Verified ${counted(count, "line")}${since}. Last hash: ${hash}`);
}
