import type { Secret } from "@clauderon/base";

/** Shorter values are not replaced, because they would be found everywhere. */
const MIN_LENGTH = 6;

/**
 * Replaces the exact values of these secrets, as they are and as they appear inside JSON, with `[secret]`. Defence in
 * depth: it cannot find a value in another encoding. Pass it whole lines, so that no value is split.
 */
export function redactor(secrets: readonly Secret[]): (text: string) => string {
  const values = secrets
    .map((secret) => secret.reveal().trim())
    .filter((value) => value.length >= MIN_LENGTH)
    .flatMap((value) => [value, JSON.stringify(value).slice(1, -1)]);
  const longestFirst = [...new Set(values)].toSorted((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((clean, value) => clean.replaceAll(value, "[secret]"), text);
}
