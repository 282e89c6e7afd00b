import { sha256Hex } from "./hash.ts";

/** Longest DNS label, and longest label value (RFC 1123; Kubernetes "Object Names and IDs", "Labels"). */
export const MAX_NAME = 63;

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** True for a DNS label of at most 63 characters: what Kubernetes accepts as the name of nearly every object. */
export function isDnsLabel(text: string): boolean {
  return text.length <= MAX_NAME && DNS_LABEL.test(text);
}

/**
 * A DNS label made of a readable part and a fixed end: `<readable>-<end>`. The readable part is lowercased, cleaned and
 * cut so that the whole has at most `max` characters. When that loses anything, the label includes a hash of the full
 * readable part, so two different inputs never share a name.
 */
export function safeName(readable: string, end = "", max = MAX_NAME): string {
  const suffix = end === "" ? "" : `-${end}`;
  const whole = `${readable}${suffix}`;
  if (whole.length <= max && DNS_LABEL.test(whole)) return whole;
  const hash = sha256Hex(readable).slice(0, 8);
  const cleaned = readable
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+/, "");
  const room = max - suffix.length - hash.length - 1;
  const cut = cleaned.slice(0, Math.max(0, room)).replace(/-+$/, "");
  return cut === "" ? `x${hash}${suffix}` : `${cut}-${hash}${suffix}`;
}
