/** The file of the audit log that is written now. */
export const AUDIT_LOG = "audit.jsonl";

/** The files of the audit log among the names in a folder, oldest first: the full ones have a time in their names. */
export function auditLogFiles(names: readonly string[]): readonly string[] {
  const full = names.filter((name) => name.startsWith(`${AUDIT_LOG}.`)).toSorted();
  return [...full, ...names.filter((name) => name === AUDIT_LOG)];
}
