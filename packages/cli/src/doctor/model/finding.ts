/** The result of the check of one requirement. */
export interface Finding {
  readonly name: string;
  /** `missing` keeps something from working; `optional` is missing and only some need it. */
  readonly state: "ok" | "missing" | "optional";
  readonly message: string;
  readonly fix?: string;
}

const MARKS = { ok: "ok  ", missing: "FAIL", optional: "--  " } as const;

/** The findings for people, with the fix for each problem. */
export function findingsText(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  return findings
    .flatMap(({ name, state, message, fix }) => [
      `${MARKS[state]}  ${name.padEnd(width)}  ${message}`,
      ...(fix === undefined ? [] : [`${" ".repeat(width + 8)}→ ${fix}`]),
    ])
    .join("\n");
}

/** Whether a version such as `2.39.5` is at least `least`. */
export function isAtLeast(version: string, least: string): boolean {
  const [have, want] = [version, least].map((text) => text.split(".").map(Number));
  for (const [index, part] of (want ?? []).entries()) {
    const own = have?.[index] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
}
