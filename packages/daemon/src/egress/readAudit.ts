import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parseJsonObject } from "@clauderon/base";
import { readLines, readPlainFileEnd } from "@clauderon/files";
import { AUDIT_LOG, auditLogFiles, type AuditRecord, auditRecordSchema } from "@clauderon/protocol/proxy";

/** Some thousand decisions. */
const MAX_BYTES = 1_048_576;

/** The latest decisions in the log of a proxy's folder, oldest first; lines that cannot be read are left out. */
export function readAuditEnd(folder: string): readonly AuditRecord[] {
  const text = readPlainFileEnd(join(folder, AUDIT_LOG), MAX_BYTES)?.toString() ?? "";
  return text.split("\n").flatMap(decisionIn);
}

/** All decisions in the log of a proxy's folder, oldest first, also those in full files. */
export async function* readAudit(folder: string): AsyncGenerator<AuditRecord> {
  for (const file of auditLogFiles(readdirSync(folder)))
    for await (const line of readLines(join(folder, file))) yield* decisionIn(line);
}

function decisionIn(line: string): readonly AuditRecord[] {
  const { data } = auditRecordSchema.safeParse(parseJsonObject(line));
  return data === undefined ? [] : [data];
}
