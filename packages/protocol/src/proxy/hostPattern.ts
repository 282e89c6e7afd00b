import { parseHost } from "./host.ts";

/**
 * The canonical form of a pattern of hosts: an exact name, or `*.` and a name for everything below it. Undefined for
 * anything else: addresses are never patterns, and below `*.` at least two labels must follow, so that no pattern
 * allows a whole top-level domain.
 */
export function parseHostPattern(text: string): string | undefined {
  const isWildcard = text.startsWith("*.");
  const host = parseHost(isWildcard ? text.slice(2) : text);
  if (host?.kind !== "Name") return undefined;
  if (!isWildcard) return host.text;
  return host.text.includes(".") ? `*.${host.text}` : undefined;
}

/** Whether a canonical pattern covers a canonical name. `*.example.com` covers what is below it, not itself. */
export function coversHost(pattern: string, name: string): boolean {
  return pattern.startsWith("*.") ? name.endsWith(pattern.slice(1)) && name.length >= pattern.length : name === pattern;
}
