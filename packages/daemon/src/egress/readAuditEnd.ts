import { readPlainFileEnd } from "@clauderon/files";
import { parseJsonObject } from "@clauderon/base";
import { type AuditRecord, auditRecordSchema } from "@clauderon/protocol/proxy";

/** Some thousand decisions. */
const MAX_BYTES = 1_048_576;

/** The latest decisions in the log of a proxy's folder, oldest first; lines that cannot be read are left out. */
export function readAuditEnd(folder: string): readonly AuditRecord[] {
  const text = readPlainFileEnd(`${folder}/audit.jsonl`, MAX_BYTES)?.toString() ?? "";
  return text.split("\n").flatMap((line) => auditRecordSchema.safeParse(parseJsonObject(line)).data ?? []);
}
