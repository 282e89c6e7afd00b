import { decodeAscii } from "./percentDecoded.ts";

/** How often a path is decoded; one that still changes then is refused. */
const MAX_ROUNDS = 3;

/** What makes a path mean one thing here and another at the server. */
const AMBIGUOUS = /%|\\|\/\/|\/\.{1,2}(?:\/|$)|;/;

/** Bytes that no UTF-8 has; lenient decoders make dots and slashes of what begins with them. */
const OVERLONG = /%c[01]/i;

/**
 * Every path that a server could take this one for: as it is, and with encoded characters, dot segments, double and
 * backward slashes and path parameters resolved, as often as that changes something. A decision about a path must hold
 * for all of them. Undefined for a path with control characters, overlong
 * encoding, or encoding within encoding without end.
 */
export function pathReadings(path: string): readonly string[] | undefined {
  if (!AMBIGUOUS.test(path)) return [path];
  if (OVERLONG.test(path)) return undefined;
  const readings = new Set([path]);
  let text = path;
  for (let round = 0; round <= MAX_ROUNDS; round++) {
    const slashed = oneSlash(text);
    for (const reading of [text, slashed, withoutParameters(slashed)]) readings.add(withoutDots(reading));
    const decoded = decodeAscii(text);
    if (hasControl(decoded)) return undefined;
    if (decoded === text) return [...readings];
    readings.add(decoded);
    text = decoded;
  }
  return undefined;
}

function hasControl(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

function oneSlash(path: string): string {
  return path.replace(/[/\\]+/g, "/");
}

/** Without `;name=value`, which some servers cut from every segment before they resolve dots. */
function withoutParameters(path: string): string {
  return path.replace(/;[^/]*/g, "");
}

/** RFC 3986 §5.2.4. */
function withoutDots(path: string): string {
  const kept: string[] = [];
  const segments = path.split("/").slice(1);
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (segment === "..") kept.pop();
    if (segment !== ".." && segment !== ".") kept.push(segment);
    else if (isLast) kept.push("");
  }
  return `/${kept.join("/")}`;
}
